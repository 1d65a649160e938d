/** `reopen`: takes a verdict back, so that the case waits again. An order of an approval that was sent stays: the answer says how to undo it. */

import { formatStream } from "../../core/stream.ts";
import { isSame, reopenCase } from "../../decisions/cases.ts";
import type { ReviewRecord, Verdict } from "../../decisions/report-record.ts";
import { clockAgain } from "../../decisions/review-clock.ts";
import type { PlanStore } from "../../plans/plan-store.ts";
import type { EventOf } from "../contract/request.ts";
import type { OperatorResponse } from "../contract/response-schema.ts";
import type { CaseDeps } from "./change-case.ts";
import { answerWith } from "./describe-case.ts";
import { refuse } from "./refuse.ts";

export interface ReopenDeps extends CaseDeps {
  readonly ledger: CaseDeps["ledger"] & Pick<PlanStore, "readPlanHead">;
}

export async function reopen(event: EventOf<"reopen">, deps: ReopenDeps): Promise<OperatorResponse> {
  const { report, requestedBy: by, reason } = event;
  const { ledger, attempt } = deps;
  const takenBack = { by, at: attempt.at.toISOString(), reason };
  const answer = await ledger.changeCase(report, (record) =>
    reopenCase(record, takenBack, clockAgain(record, attempt.at, deps.policy)),
  );
  if ("refusal" in answer) return refuse(answer.refusal);
  const { record } = answer;
  const verdict = record.earlierVerdicts?.find((each) => isSame(each.takenBack, takenBack));
  if (!verdict) return refuse({ because: "not-decided" });
  const stays = await whatStays(record, verdict, ledger);
  return {
    ...(await answerWith(record, deps)),
    reopened: { verdict, ...(record.dueAt !== undefined && { dueAt: record.dueAt }), ...(stays && { stays }) },
  };
}

async function whatStays(
  record: ReviewRecord,
  { orderId, action, resumeTime, verdict }: Verdict,
  ledger: ReopenDeps["ledger"],
) {
  if (verdict !== "approved" || orderId === undefined || "untranslated" in record) return undefined;
  const { stream } = record.report;
  if (action === "pause") {
    const says = "the push was ended once, and the broadcaster may push again: there is nothing to undo";
    return { says, orderId };
  }
  const says = `the stream stays disabled until ${resumeTime}, by the order ${orderId}`;
  // An undo of a batch would reverse all of its streams.
  const isBatch = (await ledger.readPlanHead(orderId)) !== undefined;
  return { says, orderId, undo: isBatch ? `enable ${formatStream(stream)}` : `undo ${orderId}` };
}
