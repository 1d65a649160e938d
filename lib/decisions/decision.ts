import type { PastOrder, Republish } from "../orders/order.ts";
import type { Grade } from "../policy/grade.ts";
import type { Report } from "../reports/report.ts";

/** Another report of the same stream. `reporter` is a number within these facts, because the pseudonym is kept for a day only. */
export interface OtherReport extends Pick<Report, "source" | "category" | "receivedAt"> {
  readonly reporter?: number;
}

export type Decision =
  | ({ readonly action: "ignore" | "review" | "refuse"; readonly rule?: string } & Grounds)
  | ({ readonly action: "pause" } & Acting)
  | ({ readonly action: "disable"; readonly resumeTime: string } & Acting);
export interface Grounds {
  readonly because: string;
  /** Set if the decision answers a re-publish and not a report. */
  readonly republish?: Republish;
}

export interface Acting extends Grounds {
  readonly rule: string;
  /** As in the facts: needed again when the order is placed. */
  readonly enabledElsewhere?: number;
  /** From a source whose grade allows one pause and no more. */
  readonly weak?: true;
}

export type ActingDecision = Extract<Decision, { action: "pause" | "disable" }>;

/** Everything that a decision depends on besides the report and the policy; stored with it, so that it can be replayed. */
export interface Facts {
  readonly workedAt: string;
  /** Orders of this stream, newest first: see `pastOf`. */
  readonly orders: readonly PastOrder[];
  /** Number of the disable that is in force by the ledger but not listed by Live: somebody enabled the stream outside offair. */
  readonly enabledElsewhere?: number;
  /** Reports of others on the stream; absent if no rule needed them. */
  readonly others?: readonly OtherReport[];
  /** The number of this report's own reporter, as `others` uses numbers. */
  readonly reporter?: number;
  /** `source#id` of an earlier report with the same id and another content. */
  readonly duplicateOf?: string;
  /** Live streams as last counted, for the limits. Absent before the first count, in observe mode, and if the decision does not act. */
  readonly liveStreams?: number;
}

/** A decision with the way to it. */
export interface Explanation {
  readonly decision: Decision;
  readonly grade?: Grade;
  /** Every rule up to the one that matched; `unmet` has the conditions that failed, and is empty for the rule that matched. */
  readonly rules: readonly { readonly rule: string; readonly unmet: readonly string[] }[];
  /** One sentence for each step, in order. */
  readonly steps: readonly string[];
}

export const acts = (decision: Decision): decision is ActingDecision =>
  decision.action === "pause" || decision.action === "disable";
