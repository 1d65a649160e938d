import type { PastOrder, Republish } from "../orders/order.ts";
import type { Grade } from "../policy/grade.ts";
import type { Category } from "../reports/claim.ts";

/** Another report of the same stream. `reporter` is a number within these facts: the pseudonym itself is not kept for so long. */
export interface OtherReport {
  readonly source: string;
  readonly category: Category;
  readonly receivedAt: string;
  readonly reporter?: number;
}

export type Decision =
  | ({ readonly action: "ignore" | "review" | "refuse"; readonly rule?: string } & Grounds)
  | ({ readonly action: "pause" } & Acting)
  | ({ readonly action: "disable"; readonly resumeTime: string } & Acting);
export interface Grounds {
  readonly because: string;
  /** Not on a report's word, but because the stream came back. */
  readonly republish?: Republish;
}

export interface Acting extends Grounds {
  readonly rule: string;
  /** As in the facts, for the look that is taken again when the order is placed. */
  readonly enabledElsewhere?: number;
  /** On the word of a source that may ask for one pause and no more. */
  readonly weak?: true;
}

export type ActingDecision = Extract<Decision, { action: "pause" | "disable" }>;

/** All that a decision rests on beside the report and the policy; stored with it, so that it can be made again. */
export interface Facts {
  readonly workedAt: string;
  /** Orders of this stream, newest first: see `pastOf`. */
  readonly orders: readonly PastOrder[];
  /** The number of a disable that Live's own list lacks, whatever the ledger says: somebody lifted it there. */
  readonly enabledElsewhere?: number;
  /** What others said of the stream; absent where no rule asked for it. */
  readonly others?: readonly OtherReport[];
  /** The number that `others` would know this report's own reporter by. */
  readonly reporter?: number;
  /** As last counted; the limits are looked at with it. Absent while nobody has counted, and where nothing was to be done. */
  readonly liveStreams?: number;
}

/** How a decision came about. */
export interface Explanation {
  readonly decision: Decision;
  readonly grade?: Grade;
  /** Every rule, as far as one was looked for; `unmet` is empty where it answered. */
  readonly rules: readonly { readonly rule: string; readonly unmet: readonly string[] }[];
  /** What was looked at, one sentence each, in its order. */
  readonly steps: readonly string[];
}

export const acts = (decision: Decision): decision is ActingDecision =>
  decision.action === "pause" || decision.action === "disable";
