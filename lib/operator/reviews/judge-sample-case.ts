/** A verdict on a case of the sample: says whether an action that was carried out was right, and acts on nothing. */
import type { Issue } from "../../core/issues.ts";
import { whyNotDecide } from "../../decisions/cases.ts";
import type { ReportRecord, Verdict } from "../../decisions/report-record.ts";
import type { ReviewStore } from "../../decisions/report-store.ts";
import type { RequestAttempt } from "../actions/attempt.ts";
import type { VerdictEvent } from "../contract/request.ts";
import { refused } from "../contract/response.ts";
import type { OperatorResponse } from "../contract/response-schema.ts";
import { refuse } from "./refuse.ts";
import { reviewRow } from "./review-row.ts";

export interface SampleCaseDeps {
  readonly ledger: ReviewStore;
  readonly now: () => Date;
  readonly attempt: RequestAttempt;
}

const NO_ACTION: Issue = {
  pointer: "/as",
  message:
    "must be left out: the case is of the sample, its action was carried out, and a verdict on it acts on nothing",
};

/** Approval: the action was right. Rejection: it was wrong; the stream stays as it is. */
export async function judgeSampleCase(
  record: ReportRecord,
  { verdict: word, as, hours, reason, requestedBy: by, dryRun }: VerdictEvent,
  { ledger, now, attempt }: SampleCaseDeps,
): Promise<OperatorResponse> {
  if (as !== undefined || hours !== undefined) return refused([NO_ACTION]);
  const answer = { ok: true, dryRun, results: [], errors: [], reviews: [reviewRow(record, now())] };
  const refusal = record.verdict ? undefined : whyNotDecide(record, by, now());
  if (refusal) return refuse(refusal);
  if (dryRun && !record.verdict) return answer;
  const wanted = word === "approve" ? "approved" : "rejected";
  const fresh: Verdict = { verdict: wanted, by, at: attempt.at.toISOString(), reason };
  const verdict = record.verdict ?? (await ledger.writeVerdict(record.key, fresh, now));
  if ("because" in verdict) return refuse(verdict);
  return verdict.verdict === wanted ? { ...answer, verdict } : refuse({ because: "ended", verdict });
}
