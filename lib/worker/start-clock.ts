/** Sets the clock of a case that is about to be written, and wakes the clock function if people are to be alerted at once. */
import { describeError, logWarn } from "../core/log.ts";
import type { ReportOutcome, ReportRecord } from "../decisions/report-record.ts";
import { clockIfHeld, type ReviewClock } from "../decisions/review-clock.ts";
import type { HandleDeps } from "./handler.ts";

/**
 * Call it before the case is written: if the worker dies after the write, the clock is woken nevertheless. Without a case it finds nothing to
 * do. A failure is logged only, because the clock also runs by itself, every minute.
 *
 * @param sources - all that the action is based on; by default the report's own.
 * @returns undefined if a report that ends so does not wait for a person.
 */
export async function startClock(
  record: Pick<ReportRecord, "key" | "report" | "decision" | "grade" | "sampled">,
  outcome: ReportOutcome,
  from: Date,
  { policy, wakeClock }: Pick<HandleDeps, "policy" | "wakeClock">,
  sources?: readonly string[],
): Promise<ReviewClock | undefined> {
  const clock = clockIfHeld(record, outcome, from, policy, sources);
  if (clock?.urgent) {
    await wakeClock().catch((failure: unknown) =>
      logWarn("clock.not-woken", { key: record.key, ...describeError(failure) }),
    );
  }
  return clock;
}
