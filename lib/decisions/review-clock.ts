/**
 * The clock of a case: since when it waits for a person, by when one has to decide, and which rule says so. Pure. It is written together
 * with `review`, in one write, so that no case is without it.
 */
import { definedOnly } from "../core/defined-only.ts";
import { DAY_MS } from "../core/time.ts";
import { type Policy, type Rule, ruleFor, sourceOf } from "../policy/policy.ts";
import { reviewWithinMs } from "../policy/time-to-review.ts";
import {
  isForReview,
  isSampleCase,
  type ReportOutcome,
  type ReportRecord,
  type ReviewRecord,
  type ReviewState,
} from "./report-record.ts";

export type ReviewClock = Required<Pick<ReviewState, "review" | "openedAt" | "dueAt">> & Pick<ReviewState, "urgent">;

/** What the clock is set by. */
export type Clocked =
  | Pick<ReportRecord, "report" | "decision" | "grade">
  | { readonly untranslated: { readonly source: string } };

/**
 * The clock of a case that begins to wait at `from`. A case that is opened again gets a new one, and loses its `alarms`.
 *
 * @param sources - all that the action is based on; by default the report's own.
 */
export function reviewClock(
  record: Clocked,
  from: Date,
  policy: Policy,
  sources: readonly string[] = ["report" in record ? record.report.source : record.untranslated.source],
): ReviewClock {
  const isReport = "report" in record && !record.report.appeal; // no rule asked for an appeal
  return clockOf(isReport ? ruleAsking(record, policy) : undefined, from, policy, sources);
}

const clockOf = (rule: Rule | undefined, from: Date, policy: Policy, sources: readonly string[]): ReviewClock =>
  definedOnly({
    review: "open" as const,
    openedAt: from.toISOString(),
    dueAt: new Date(from.getTime() + reviewWithinMs(rule, sources, policy)).toISOString(),
    urgent: rule?.urgent || undefined,
  });

/** The clock, if a report that ends so waits for a person. A sample case is never urgent: its action has been carried out. */
export function clockIfHeld(
  record: Pick<ReportRecord, "key" | "report" | "decision" | "grade" | "sampled">,
  outcome: ReportOutcome,
  from: Date,
  policy: Policy,
  sources?: readonly string[],
): ReviewClock | undefined {
  if (isForReview(record.key, outcome)) return reviewClock(record, from, policy, sources);
  return isSampleCase({ ...record, outcome }) ? sampleClock(from) : undefined;
}

/** The new clock of a case that is opened again. */
export const clockAgain = (record: ReviewRecord, from: Date, policy: Policy): ReviewClock =>
  isSampleCase(record) ? sampleClock(from) : reviewClock(record, from, policy);

/** A case of the sample is the least urgent of all: nothing waits for it, and no alarm goes off. */
const SAMPLE_WITHIN_MS = 7 * DAY_MS;

const sampleClock = (from: Date): ReviewClock => ({
  ...{ review: "open", openedAt: from.toISOString() },
  dueAt: new Date(from.getTime() + SAMPLE_WITHIN_MS).toISOString(),
});

/**
 * The rule that asked for the review. A report that no rule was asked about (its stream is protected, it is too old) is as urgent as the
 * rule makes it that would have decided on it.
 */
function ruleAsking(
  { report, decision, grade }: Pick<ReportRecord, "report" | "decision" | "grade">,
  policy: Policy,
): Rule | undefined {
  const asked = policy.rules.find(({ id }) => id === decision.rule);
  return asked ?? ruleFor(report, grade ?? sourceOf(report.source, policy)?.grade ?? "F", policy);
}
