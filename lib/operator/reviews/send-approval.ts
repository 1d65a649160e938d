/** Sends the order of an approval that is stored: queued and numbered like any other operator's order, then the case is off the list. */
import type { Issue } from "../../core/issues.ts";
import { describeError, logWarn } from "../../core/log.ts";
import type { ReportRecord, Verdict } from "../../decisions/report-record.ts";
import type { ReviewStore } from "../../decisions/report-store.ts";
import type { OperatorOrder } from "../../orders/operator-order.ts";
import type { Policy } from "../../policy/policy.ts";
import { type OrderDeps, overridesRulesUntil, resultOf, send } from "../actions/change-streams.ts";
import type { VerdictEvent } from "../contract/request.ts";
import { allWell, codeOf } from "../contract/response.ts";
import type { OperatorResponse } from "../contract/response-schema.ts";
import { refuse } from "./refuse.ts";

export type Approval = Verdict & Required<Pick<Verdict, "orderId" | "action">>;

/** Derived only from the verdict and the record, so that a repeated request stores the same order. */
const orderOf = ({ key, report, appealed }: ReportRecord, verdict: Approval, policy: Policy): OperatorOrder => ({
  orderId: verdict.orderId,
  index: 0,
  stream: report.stream,
  action: verdict.action,
  ...(verdict.resumeTime !== undefined && { resumeTime: verdict.resumeTime }),
  reason: verdict.reason,
  requestedBy: verdict.by,
  requestedAt: verdict.at,
  overridesRulesUntil: overridesRulesUntil(new Date(verdict.at), policy),
  approves: key,
  ...(verdict.action === "enable" && appealed && { reverses: appealed.number }),
});

export async function sendOrder(
  record: ReportRecord,
  verdict: Approval,
  { dryRun, wait = true }: VerdictEvent,
  deps: OrderDeps,
): Promise<OperatorResponse> {
  const { ledger, policy } = deps;
  const { orderId } = verdict;
  const answer = { dryRun, orderId, verdict };
  try {
    const [stored, plan] = await Promise.all([ledger.readOperatorOrder(orderId, 0), ledger.readPlanHead(orderId)]);
    if (plan) return refuse({ because: "ended", verdict }); // by a plan, whose orders the worker sends
    const order = stored ?? orderOf(record, verdict, policy); // as stored, because the policy may have changed since
    const before = await resultOf(order, ledger);
    const isOver = before.outcome !== "ordered";
    if (isOver && !dryRun) await endReview(record.key, orderId, ledger);
    if (isOver || dryRun) return { ...answer, ok: allWell([before]), results: [before], errors: [] };
    const { results, notQueued } = await send([order], wait ? deps : { ...deps, waitMs: 0 });
    const code = notQueued.get(0);
    if (code === undefined) await endReview(record.key, orderId, ledger);
    return { ...answer, ok: allWell(results), results, errors: code === undefined ? [] : [again(code)] };
  } catch (failure) {
    logWarn("operator.approval-not-sent", { orderId, ...describeError(failure) });
    return { ...answer, ok: false, results: [], errors: [again(codeOf(failure))] };
  }
}

/** If this fails, the report stays in the list until it is approved again. */
export const endReview = (key: string, orderId: string | undefined, ledger: ReviewStore): Promise<void> =>
  ledger
    .endReview(key, orderId)
    .catch((failure: unknown) => logWarn("operator.review-not-closed", describeError(failure)));

export const again = (code: string): Issue => ({
  pointer: "/report",
  message: `${code}: the approval is stored, but its order may not be queued; approve it again`,
});
