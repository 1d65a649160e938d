/**
 * Checks that stop an action whichever rule or order asked for it. The same action is checked at three moments, because the mode, the
 * frozen sources, the policy and the time may change between them:
 *
 * - `deciding`: before a report takes a place in the limits. `decide` has just checked scope, protection and age and has recorded its own
 *   reason, so only the mode and the frozen sources are left to check.
 * - `placing`: before the order gets its number. An order that is refused here is stored together with its end, so that another worker
 *   with the same report finds it.
 * - `sending`: under the stream's lock, immediately before the call to Live.
 */
import type { Stream } from "../core/stream.ts";
import { inScope, isProtected, type Policy } from "../policy/policy.ts";
import type { Report } from "../reports/report.ts";
import { isFrozen, type ModeRecord } from "../safeguards/mode.ts";
import { isTooOld } from "./decide.ts";
import type { ReportOutcome } from "./report-record.ts";

export type Stage = "deciding" | "placing" | "sending";
export type Refusal = "observed" | "out-of-scope" | "protected-stream" | "source-frozen" | "too-old";

/** How a report ends whose action is refused for this reason. */
const OUTCOME_OF_REFUSAL: Readonly<Record<Refusal, ReportOutcome>> = {
  observed: "observed",
  "out-of-scope": "refused",
  "protected-stream": "review",
  "source-frozen": "held",
  "too-old": "review",
};

/** The report's outcome for the error of a refused order; a person reviews the report when the error is no refusal of these checks. */
export const outcomeOfRefusal = (error: string | undefined): ReportOutcome =>
  Object.hasOwn(OUTCOME_OF_REFUSAL, error ?? "") ? OUTCOME_OF_REFUSAL[error as Refusal] : "review";

interface CheckedAction {
  readonly stream: Stream;
  /** Sources that the action is based on: it is refused while one of them is frozen. */
  readonly sources: readonly string[];
  /** The report that the action answers to; absent for a repair, which has no age limit. */
  readonly report?: Pick<Report, "occurredAt" | "receivedAt">;
}

/** @returns the reason to drop the action now; undefined if it may go on. */
export function checkBeforeSending(
  stage: Stage,
  { stream, sources, report }: CheckedAction,
  { mode, policy, now }: { readonly mode: ModeRecord; readonly policy: Policy; readonly now: Date },
): Refusal | undefined {
  const isFrozenNow = sources.some((source) => isFrozen(source, mode));
  if (mode.mode === "observe") return "observed";
  if (stage === "deciding") return isFrozenNow ? "source-frozen" : undefined;
  if (!inScope(stream, policy)) return "out-of-scope";
  if (isProtected(stream, policy)) return "protected-stream";
  if (isFrozenNow) return "source-frozen";
  return report && isTooOld(report, now, policy) ? "too-old" : undefined;
}
