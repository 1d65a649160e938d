/** `case`, `release`, `note` and `second-opinion`: shows one case, or changes it without deciding it. */
import { addNote, askSecondOpinion, type CaseChange, releaseCase } from "../../decisions/cases.ts";
import type { ReviewRecord } from "../../decisions/report-record.ts";
import type { ReviewStore } from "../../decisions/report-store.ts";
import type { RequestAttempt } from "../actions/attempt.ts";
import type { EventOf } from "../contract/request.ts";
import type { OperatorResponse } from "../contract/response-schema.ts";
import { answerWith, type DescribeDeps } from "./describe-case.ts";
import { refuse } from "./refuse.ts";

export interface CaseDeps extends DescribeDeps {
  readonly ledger: DescribeDeps["ledger"] & ReviewStore;
  readonly attempt: RequestAttempt;
}

/** Also shows a case that has its verdict. */
export async function showCase({ report }: EventOf<"case">, deps: CaseDeps): Promise<OperatorResponse> {
  const record = await deps.ledger.readReview(report);
  return record ? answerWith(record, deps) : refuse({ because: "not-in-review" });
}

export const release = ({ report, requestedBy }: EventOf<"release">, deps: CaseDeps): Promise<OperatorResponse> =>
  change(report, (record) => releaseCase(record, requestedBy), deps);

export const note = ({ report, requestedBy: by, text }: EventOf<"note">, deps: CaseDeps): Promise<OperatorResponse> =>
  change(report, (record) => addNote(record, { by, at: deps.attempt.at.toISOString(), text }), deps);

export function secondOpinion(
  { report, requestedBy: by, reason }: EventOf<"second-opinion">,
  deps: CaseDeps,
): Promise<OperatorResponse> {
  const asked = { by, at: deps.attempt.at.toISOString(), reason };
  return change(report, (record) => askSecondOpinion(record, asked, deps.now()), deps);
}

async function change(
  key: string,
  changed: (record: ReviewRecord) => CaseChange,
  deps: CaseDeps,
): Promise<OperatorResponse> {
  const answer = await deps.ledger.changeCase(key, changed);
  return "refusal" in answer ? refuse(answer.refusal) : answerWith(answer.record, deps);
}
