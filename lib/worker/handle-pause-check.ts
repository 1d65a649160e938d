/**
 * Proves a pause by Live's statistics of the push that it was to cut. They are read at most once for a pause, some time after it, because they
 * are delayed, and only if no callback has proven it and no newer order had an effect. If the push went on, the rule's next step follows.
 */
import { definedOnly } from "../core/defined-only.ts";
import { OffairError } from "../core/errors.ts";
import { describeError, logWarn } from "../core/log.ts";
import { sha256Hex } from "../core/sha256.ts";
import { type Stream, streamKey } from "../core/stream.ts";
import { STATISTICS_AFTER_MS } from "../core/timeouts.ts";
import { wentOn } from "../decisions/republish.ts";
import type { Order } from "../orders/order.ts";
import { withoutCanary } from "../orders/order-history.ts";
import { hasSameClock, judgeStatistics, type PushPeriod, statisticsBetween } from "../orders/pause-statistics.ts";
import { calledAt, type PauseUpdate } from "../orders/push-identity.ts";
import { reportKey } from "../reports/report.ts";
import { actAgain, STATISTICS } from "./act-again.ts";
import type { HandleDeps, Handled } from "./handler.ts";
import { showOutcome } from "./update-pause.ts";

/** A message may come this part of the time early (15 of 90 seconds), because the clocks of SQS and of the workers differ. */
const EARLY = 1 / 6;

interface PauseCheck {
  readonly stream: Stream;
  /** Number of the pause. */
  readonly number: number;
}

/** @throws OffairError `ERR_BUSY` if the message came too early; other retryable errors return it to the queue. */
export async function handlePauseCheck({ stream, number }: PauseCheck, deps: HandleDeps): Promise<Handled> {
  const { ledger, now } = deps;
  const id = `${sha256Hex(streamKey(stream)).slice(0, 32)}/${number}`;
  const key = reportKey({ source: STATISTICS, id });
  const mode = await ledger.readMode(); // throws if unreadable, so nothing acts
  const orders = withoutCanary(await ledger.recentOrders(stream));
  const pause = orders.find((order) => order.number === number && order.action === "pause");
  const ignored = (because: string): Handled => ({ key, outcome: "ignored", because, orderNumber: number });
  if (!pause) return ignored("no-pause");
  const before = await ledger.readReport(key);
  if (!before) {
    // Also after a newer order: the delivery that proved the pause may have ended before the report was closed.
    if (pause.proof?.by === "statistics") await showOutcome(pause, deps);
    if (!wentOn(orders, pause)) return ignored("newer-order");
    const because = await proveByStatistics(pause, deps);
    if (because !== "went-on") return ignored(because);
  }
  const seen = { source: STATISTICS, id, stream, bodySha256: sha256Hex("") }; // no request was received
  const times = { occurredAt: calledAt(pause), receivedAt: pause.statisticsReadAt ?? now().toISOString() };
  const compare = (latest: readonly Order[]) => wentOn(latest, pause);
  return actAgain({ seen: { ...seen, ...times }, mode, orders, before, compare }, deps);
}

/** @returns what is known of the push now. */
async function proveByStatistics(pause: Order, deps: HandleDeps): Promise<string> {
  const { ledger, now, policy } = deps;
  if (pause.proof?.by === "statistics") return pause.outcome === "unverified" ? "went-on" : "interrupted";
  if (pause.outcome !== "accepted" && pause.outcome !== "unknown") return "already-known";
  if (!policy.pauses.statistics) return "statistics-off";
  const at = now();
  const afterMs = deps.statisticsAfterMs ?? STATISTICS_AFTER_MS;
  // By offair's clock, because Live's may be far ahead.
  const carriedOutAt = pause.endedAt ?? calledAt(pause);
  if (at.getTime() < Date.parse(carriedOutAt) + afterMs * (1 - EARLY)) {
    throw new OffairError("ERR_BUSY", "the statistics are not complete yet", { stream: pause.stream });
  }
  if (!(await ledger.beginStatistics(pause, at.toISOString()))) return "already-read";
  const statistics = await readStatistics(pause, deps);
  const verdict = statistics && judgeStatistics(statistics, pause);
  if (verdict === undefined || verdict === "unclear") return "no-statistics";
  const outcome = verdict === "interrupted" ? "verified" : "unverified";
  const proof = { by: "statistics", at: at.toISOString() } as const;
  return (await recordVerdict(pause, { outcome, proof }, deps)) ? verdict : "already-known";
}

/** Records it with the pause as it is now: a callback may have changed it while the statistics were read, and they are read once. */
async function recordVerdict({ stream, number }: Order, verdict: PauseUpdate, deps: HandleDeps): Promise<boolean> {
  for (let triesLeft = 3; triesLeft > 0; triesLeft -= 1) {
    const pause = (await deps.ledger.recentOrders(stream)).find((order) => order.number === number);
    if (pause?.outcome !== "accepted" && pause?.outcome !== "unknown") return false;
    const update = definedOnly({ ...verdict, push: pause.push });
    if (!(await deps.ledger.updatePause(pause, update))) continue;
    await showOutcome(pause, deps);
    return true;
  }
  throw new OffairError("ERR_BUSY", "callbacks are changing the outcome of the pause", { stream });
}

/** Undefined if they cannot be read: the pause keeps its outcome. Without a lease of the quota, the message comes again. */
async function readStatistics(pause: Order, { live, ledger, now }: HandleDeps): Promise<PushPeriod[][] | undefined> {
  const { stream } = pause;
  const { fromMs, toMs } = statisticsBetween(pause);
  try {
    const isComparable = (liveNow: Date) => hasSameClock(liveNow, now(), pause);
    return await live.pushPeriods(stream, new Date(fromMs), new Date(toMs), isComparable);
  } catch (error) {
    if (!(error instanceof OffairError)) throw error;
    const { status } = error.details;
    const isRefused = status === undefined && ["ERR_LIVE_THROTTLED", "ERR_LIVE_SIGNATURE"].includes(error.code);
    const isUnsent = isRefused || !error.code.startsWith("ERR_LIVE_"); // the secret or the ledger could not be read
    if (isUnsent) {
      await ledger.cancelStatistics(pause);
      throw error;
    }
    logWarn("pause.statistics-unread", { stream, ...describeError(error) });
    return undefined;
  }
}
