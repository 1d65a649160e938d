/** `sample`: sets the share of actions that people look at afterwards; and the verdict on one of them, which acts on nothing. */
import type { Issue } from "../../core/issues.ts";
import type { ReportRecord, Verdict } from "../../decisions/report-record.ts";
import type { ReviewStore } from "../../decisions/report-store.ts";
import type { ModeStore } from "../../safeguards/stores.ts";
import type { EventOf, VerdictEvent } from "../contract/request.ts";
import { judgedAlready, refused } from "../contract/response.ts";
import type { OperatorResponse } from "../contract/response-schema.ts";
import type { RequestAttempt } from "./attempt.ts";
import { reviewRow } from "./review.ts";

export interface SampleDeps {
  readonly ledger: ModeStore;
  readonly attempt: RequestAttempt;
}

export async function setSample(
  { share, reason, requestedBy: changedBy, dryRun }: EventOf<"sample">,
  { ledger, attempt }: SampleDeps,
): Promise<OperatorResponse> {
  const { sample: before } = await ledger.readMode();
  const changedAt = attempt.at.toISOString();
  // The salt stays, so that a larger share draws all that a smaller one draws. The first one is the random id of the request.
  const salt = before?.salt ?? attempt.orderId;
  const isOutdated = attempt.isRepeated && before !== undefined && before.changedAt >= changedAt;
  if (!dryRun && !isOutdated) await ledger.writeSample({ share, salt, changedAt, changedBy, reason });
  return { ok: true, results: [], errors: [], mode: await ledger.readMode(), dryRun };
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
  {
    ledger,
    now,
    attempt,
  }: { readonly ledger: ReviewStore; readonly now: () => Date; readonly attempt: RequestAttempt },
): Promise<OperatorResponse> {
  if (as !== undefined || hours !== undefined) return refused([NO_ACTION]);
  const answer = { ok: true, dryRun, results: [], errors: [], reviews: [reviewRow(record, now())] };
  if (dryRun && !record.verdict) return answer;
  const wanted = word === "approve" ? "approved" : "rejected";
  const fresh: Verdict = { verdict: wanted, by, at: attempt.at.toISOString(), reason };
  const verdict = record.verdict ?? (await ledger.writeVerdict(record.key, fresh));
  if (!verdict) return refused([{ pointer: "/report", message: "is not in review" }]);
  return verdict.verdict === wanted ? { ...answer, verdict } : judgedAlready(verdict);
}
