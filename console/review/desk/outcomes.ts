/** Pure: what became of the orders of approvals. */
import { MINUTE_MS, SECOND_MS } from "../../../lib/core/time.ts";
import { hasFailed } from "../../../lib/operator/contract/response.ts";
import type { OperatorResponse, Result, ReviewCase } from "../../../lib/operator/contract/response-schema.ts";

/** Then nobody asks any more, unless no answer came; `status` with the order's id has the outcome. */
const FOLLOW_MS = 120 * SECOND_MS;
/** Most orders are carried out within this time. */
const FIRST_MS = 3 * SECOND_MS;
const MAX_MS = 15 * SECOND_MS;
/** For an outcome that could not be read. */
const SLOW_MS = MINUTE_MS;
/** Orders that went well and are shown. */
const DONE_SHOWN = 5;

export interface Followed {
  readonly orderId: string;
  readonly report: string;
  readonly stream: Result["stream"] | undefined;
  readonly result: Result | undefined;
  /** `late`: it was not carried out within two minutes. `unread`: nobody could say by then. */
  readonly state: "open" | "done" | "failed" | "late" | "unread";
  readonly sinceMs: number;
  /** When to ask next. */
  readonly nextMs: number;
}

/** The newest first. */
export type Outcomes = readonly Followed[];

export function follow(
  outcomes: Outcomes,
  { key, stream }: ReviewCase,
  answer: OperatorResponse,
  nowMs: number,
): Outcomes {
  const { orderId, results } = answer;
  if (orderId === undefined) return outcomes;
  const followed = { orderId, report: key, stream, sinceMs: nowMs, nextMs: nowMs + FIRST_MS };
  return trim([withAnswer({ ...followed, result: undefined, state: "open" }, results, nowMs), ...outcomes]);
}

type Results = readonly Result[];

/** @param results - what `status` says; undefined if there was no answer. */
export const learn = (outcomes: Outcomes, orderId: string, results: Results | undefined, nowMs: number): Outcomes =>
  trim(outcomes.map((each) => (each.orderId === orderId ? withAnswer(each, results, nowMs) : each)));

function withAnswer(followed: Followed, results: Results | undefined, nowMs: number): Followed {
  const [result] = results ?? [];
  const { outcome } = result ?? {};
  if (result && outcome !== undefined && outcome !== "ordered")
    return { ...followed, result, state: hasFailed({ outcome }) ? "failed" : "done" };
  const waitedMs = nowMs - followed.sinceMs;
  if (waitedMs >= FOLLOW_MS && !results) return { ...followed, state: "unread", nextMs: nowMs + SLOW_MS };
  const state = waitedMs >= FOLLOW_MS ? "late" : "open";
  const nextMs = nowMs + Math.min(MAX_MS, Math.max(FIRST_MS, waitedMs / 2));
  return { ...followed, result: result ?? followed.result, state, nextMs };
}

/** What went wrong stays. */
function trim(outcomes: Outcomes): Outcomes {
  let done = 0;
  return outcomes.filter(({ state }) => {
    if (state !== "done") return true;
    done += 1;
    return done <= DONE_SHOWN;
  });
}

/** The order to ask for next, at its time: the one that has waited longest, so that each has its turn. */
export const nextOutcome = (outcomes: Outcomes): Followed | undefined =>
  outcomes
    .filter(({ state }) => state === "open" || state === "unread")
    .toSorted((one, other) => one.nextMs - other.nextMs)[0];

export const dismissOutcome = (outcomes: Outcomes, orderId: string): Outcomes =>
  outcomes.filter((each) => each.orderId !== orderId);
