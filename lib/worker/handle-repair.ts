/**
 * Handles a repair: an audit reports that a disable is missing at Live, or expires soon. The message is no authority: the stream's orders,
 * Live's own list and the current policy decide whether anything is to be done. A repair acts with the authority of the order that it
 * repairs, and within the limits. What is refused now is asked for again by the next audit.
 */
import { definedOnly } from "../core/defined-only.ts";
import { HOUR_MS, resumeTimeAfter } from "../core/time.ts";
import { traced } from "../core/trace.ts";
import { checkBeforeSending, type Stage } from "../decisions/check-before-sending.ts";
import { executeOrder } from "../orders/execute-order.ts";
import { inheritAuthority, type Order, type OrderDraft, originalReason } from "../orders/order.ts";
import { disableTaken, expiresSoon } from "../orders/order-history.ts";
import { isWeak } from "../policy/grade.ts";
import { sourceOf } from "../policy/policy.ts";
import type { Repair } from "../queue/message.ts";
import { type Limit, take } from "../safeguards/action-limits.ts";
import type { ModeRecord } from "../safeguards/mode.ts";
import type { HandleDeps, Handled } from "./handler.ts";

type InForce = Order & { readonly resumeTime: string };

/** One order an hour, however often an audit asks: a repair that failed is tried again by the next audit. */
const causeOf = ({ number, why }: Repair, now: Date): string =>
  `repair#${why}#${number}#${now.toISOString().slice(0, 13)}`;

/** @throws OffairError a retryable one: the message goes back to the queue, and the order that was placed is then found. */
export async function handleRepair(repair: Repair, deps: HandleDeps): Promise<Handled> {
  const { ledger, live, now, policy } = deps;
  const { stream, number, why } = repair;
  const key = causeOf(repair, now());
  const mode = await ledger.readMode(); // throws if unreadable, so nothing acts
  const orders = await ledger.recentOrders(stream);
  const before = orders.find((order) => isOf(repair, key, order));
  if (before) return execute(before, mode, deps);
  const inForce = disableTaken(orders, now());
  if (inForce?.number !== number) return { key, outcome: "ignored", because: "not-in-force" };
  if (why === "expiring" && !expiresSoon(inForce, now(), policy.audit.expiringHours)) {
    return { key, outcome: "ignored", because: "not-expiring" };
  }
  const because = refusalReason("placing", inForce, why, mode, deps);
  if (because !== undefined) return { key, outcome: because === "observed" ? "observed" : "refused", because };
  if (why === "missing" && (await live.findDisabled(stream))) return { key, outcome: "ignored", because: "listed" };
  const full = await takePlace(inForce, deps);
  if (full) return { key, outcome: "refused", because: full };
  const { placed, skipped } = await ledger.placeOrder(draft(inForce, repair, key, deps), (latest) =>
    disableTaken(latest, now())?.number === number ? undefined : { skip: { because: "not-in-force" } },
  );
  return placed ? execute(placed, mode, deps) : { key, outcome: "ignored", ...skipped };
}

/** Placed for this repair within this hour; or in an earlier hour, and not carried out yet. */
const isOf = ({ number, why }: Repair, key: string, { authority, outcome }: Order): boolean =>
  authority.cause === key ||
  (outcome === undefined && authority.repairs?.of === number && authority.repairs.why === why);

/** The reason not to repair a disable that is in force, if any. */
function refusalReason(
  stage: Stage,
  { stream, authority }: Pick<Order, "stream" | "authority">,
  why: Repair["why"],
  mode: ModeRecord,
  { policy, now }: HandleDeps,
): string | undefined {
  if (!policy.audit.repair[why]) return "not-wanted";
  const sources = authority.kind === "rule" ? [authority.source] : [];
  const refusal = checkBeforeSending(stage, { stream, sources }, { mode, policy, now: now() });
  if (refusal) return refusal;
  // An operator chose the resume time, so offair does not extend the disable.
  if (authority.kind === "operator") return why === "expiring" ? "operator-order" : undefined;
  const entry = sourceOf(authority.source, policy);
  if (!entry) return "unknown-source";
  if (isWeak(entry.grade)) return "weak-grade";
  const rule = policy.rules.find(({ id }) => id === authority.rule);
  return rule?.action === "disable" || rule?.action === "pause" ? undefined : "no-rule";
}

/** Counts repairs of operators' orders; no source can have this name. */
const OPERATORS = "#operators";

/** Takes a place in the limits before the order is placed: a worker that dies in between uses up a place for nothing. */
async function takePlace({ authority }: InForce, { ledger, policy, now }: HandleDeps): Promise<Limit | undefined> {
  const source = authority.kind === "rule" ? authority.source : OPERATORS;
  const liveStreams = (await ledger.readLiveStreams())?.count;
  return ledger.changeTaken((taken) => take(taken, { source, now: now(), liveStreams }, policy));
}

function draft(inForce: InForce, { number, why }: Repair, key: string, { now, policyHash }: HandleDeps): OrderDraft {
  const { stream, authority, placedAt, resumeTime } = inForce;
  const hours = Math.max(1, Math.round((Date.parse(resumeTime) - Date.parse(placedAt)) / HOUR_MS));
  const again = why === "missing" ? "missing at Live, disabled again" : "about to expire, renewed";
  const first = authority.repairs ?? { cause: authority.cause, placedAt };
  const repairs = { of: number, why, cause: first.cause, placedAt: first.placedAt };
  return {
    stream,
    action: "disable",
    reason: `${again} after order ${number}: ${originalReason(inForce, "repairs")}`,
    placedAt: now().toISOString(),
    ...traced(),
    resumeTime: why === "missing" ? resumeTime : resumeTimeAfter(now(), hours),
    authority: inheritAuthority(authority, { cause: key, repairs }, policyHash),
  };
}

async function execute(order: Order, mode: ModeRecord, deps: HandleDeps): Promise<Handled> {
  const { cause, repairs } = order.authority;
  const ended = await executeOrder(
    order,
    deps,
    () => repairs && refusalReason("sending", order, repairs.why, mode, deps),
  );
  const { outcome = "unknown", error, number } = ended;
  const repeated = order.outcome === undefined ? undefined : true;
  return definedOnly({ key: cause, outcome, orderNumber: number, repaired: true, because: error, repeated });
}
