/**
 * The clock of a case: since when it waits for a person, by when one has to decide, and which rule says so. Pure. It is written together
 * with `review`, in one write, so that no case is without it.
 */
import { definedOnly } from "../core/defined-only.ts";
import { type Policy, type Rule, ruleFor, sourceOf } from "../policy/policy.ts";
import { reviewWithinMs } from "../policy/time-to-review.ts";
import { isForReview, type ReportOutcome, type ReportRecord, type ReviewState } from "./report-record.ts";

export type ReviewClock = Required<Pick<ReviewState, "openedAt" | "dueAt">> & Pick<ReviewState, "urgent">;

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
  const rule = "report" in record ? ruleAsking(record, policy) : undefined;
  return definedOnly({
    openedAt: from.toISOString(),
    dueAt: new Date(from.getTime() + reviewWithinMs(rule, sources, policy)).toISOString(),
    urgent: rule?.urgent || undefined,
  });
}

/** The clock, if a report that ends so is held for review. */
export const clockIfHeld = (
  record: Pick<ReportRecord, "key" | "report" | "decision" | "grade">,
  outcome: ReportOutcome,
  from: Date,
  policy: Policy,
  sources?: readonly string[],
): ReviewClock | undefined =>
  isForReview(record.key, outcome) ? reviewClock(record, from, policy, sources) : undefined;

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
