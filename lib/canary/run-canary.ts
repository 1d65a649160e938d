/**
 * One run of the canary: sends its report to the webhook, and waits until the worker has noted that Live listed the stream as disabled, and
 * no longer lists it. A failure is named by its link. The canary function changes nothing itself, so a crash of it needs no clean-up.
 */
import { CANARY_REASON, canaryKey } from "../core/canary.ts";
import { definedOnly } from "../core/defined-only.ts";
import { describeError, logError, logInfo } from "../core/log.ts";
import { parseJson } from "../core/parse-json.ts";
import { SECOND_MS } from "../core/time.ts";
import type { CanaryNotes, CanaryResult, CanaryStore } from "./canary-run.ts";
import { type Judgement, judgeAnswer, judgeNotes } from "./judge-canary.ts";
import { signedHeaders } from "./sign-report.ts";

export interface CanaryDeps {
  /** The stream that is reserved for the canary. */
  readonly stream: { readonly domain: string; readonly app: string; readonly stream: string };
  /** The text of the canary's secret. */
  readonly readSecret: () => Promise<string>;
  /** Sends the report. @returns the status of the answer, or the reason why there is none. */
  readonly post: (headers: Readonly<Record<string, string>>, body: string) => Promise<number | string>;
  readonly store: CanaryStore;
  readonly now: () => Date;
  readonly sleep: (ms: number) => Promise<void>;
  readonly newId: () => string;
  /** How long to wait for the worker, in milliseconds. */
  readonly waitMs: number;
}

const POLL_MS = SECOND_MS;

export async function runCanary(deps: CanaryDeps): Promise<CanaryResult> {
  const { store, now, newId } = deps;
  const id = newId();
  const startedAt = now();
  const { judgement, notes, acceptedAt } = await follow(id, startedAt, deps);
  const { link, message } = "link" in judgement ? judgement : {};
  const result: CanaryResult = definedOnly({
    ...{ id, startedAt: startedAt.toISOString(), endedAt: now().toISOString() },
    result: judgement.state === "so-far" ? "broken" : judgement.state,
    ...{ link, message },
    tookMs: timesOf(startedAt, acceptedAt, notes),
  });
  try {
    await store.writeResult(result);
    return result;
  } catch (error) {
    logError("canary.not-stored", describeError(error));
    // The worker cannot write either, and that explains why it noted nothing.
    if (link !== undefined && link !== "queue") return result;
    return { ...result, result: "broken", link: "ledger", message: "the ledger cannot be written" };
  } finally {
    (judgement.state === "arrived" ? logInfo : logError)("canary.ended", { ...result });
  }
}

interface Followed {
  readonly judgement: Judgement;
  readonly notes: CanaryNotes;
  readonly acceptedAt?: Date;
}

async function follow(id: string, startedAt: Date, deps: CanaryDeps): Promise<Followed> {
  const { stream, post, readSecret, now } = deps;
  const unreadable: Judgement = { state: "broken", link: "signature", message: "the canary's secret cannot be read" };
  const key = await readSecret().then(
    (text) => canaryKey(parseJson(text)),
    () => undefined,
  );
  if (key === undefined) return { judgement: unreadable, notes: {} };
  const body = JSON.stringify({
    occurredAt: startedAt.toISOString(),
    stream,
    category: "other",
    reason: CANARY_REASON,
  });
  const answer = judgeAnswer(await post(signedHeaders(body, { id, key, at: startedAt }), body));
  if (answer) return { judgement: answer, notes: {} };
  const acceptedAt = now();
  return { ...(await wait(id, acceptedAt, deps)), acceptedAt };
}

async function wait(id: string, acceptedAt: Date, { store, now, sleep, waitMs }: CanaryDeps): Promise<Followed> {
  let notes: CanaryNotes = {};
  for (;;) {
    let judgement: Judgement;
    try {
      notes = await store.readNotes(id);
      judgement = judgeNotes(notes);
    } catch (error) {
      logError("canary.ledger-unreadable", describeError(error));
      judgement = { state: "so-far", link: "ledger", message: "the ledger cannot be read" };
    }
    if (judgement.state !== "so-far" || now().getTime() - acceptedAt.getTime() >= waitMs) return { judgement, notes };
    await sleep(POLL_MS);
  }
}

/** Milliseconds by link, of the links that the run passed. The clocks of the worker and of this function may differ a little. */
function timesOf(startedAt: Date, acceptedAt: Date | undefined, { disable, enable }: CanaryNotes) {
  const between = (from: string | Date | undefined, to: string | Date | undefined) =>
    from && to ? Math.max(0, new Date(to).getTime() - new Date(from).getTime()) : undefined;
  const done = (note: CanaryNotes["disable"]) => (note?.outcome === "verified" ? note.endedAt : undefined);
  return definedOnly({
    webhook: between(startedAt, acceptedAt),
    queue: between(acceptedAt, disable?.startedAt),
    disable: between(disable?.startedAt, done(disable)),
    enable: between(disable?.endedAt, done(enable)),
  });
}
