/**
 * Carries out a decision that acts, which may have been made in an earlier delivery: places its order unless the stream's orders now say
 * otherwise, executes the order, and closes the report with the order's outcome.
 */
import { definedOnly } from "../core/defined-only.ts";
import { OffairError } from "../core/errors.ts";
import { checkBeforeSending, outcomeOfRefusal, type Stage } from "../decisions/check-before-sending.ts";
import type { ActingDecision, Decision } from "../decisions/decision.ts";
import type { ReportRecord } from "../decisions/report-record.ts";
import type { Order, OrderDraft } from "../orders/order.ts";
import { isInProgress, withoutCanary } from "../orders/order-history.ts";
import type { ModeRecord } from "../safeguards/mode.ts";
import { executeAndProve } from "./execute-and-prove.ts";
import type { HandleDeps, Handled } from "./handler.ts";
import { startClock } from "./start-clock.ts";

export interface ReportAction {
  readonly decision: ActingDecision;
  readonly mode: ModeRecord;
  /** Sources that the action is based on: nothing is done while one of them is frozen. */
  readonly sources: readonly string[];
  readonly draft: OrderDraft;
  /** Given the stream's orders at the moment when the order is placed, returns the decision that replaces this one, if any. */
  readonly reconsider: (orders: readonly Order[]) => Decision | undefined;
}

/** @throws OffairError `ERR_BUSY` while another order of the stream is in progress; other retryable errors as `executeOrder` does. */
export async function actOn(record: ReportRecord, action: ReportAction, deps: HandleDeps): Promise<ReportRecord> {
  const { ledger, now, policy } = deps;
  const { report } = record;
  const { decision, mode, sources, draft, reconsider } = action;
  const check = (stage: Stage) =>
    checkBeforeSending(stage, { stream: report.stream, sources, report }, { mode, policy, now: now() });
  const refusal = check("placing");
  const { placed, skipped } = await ledger.placeOrder(draft, (all) => {
    const orders = withoutCanary(all);
    if (refusal) return { change: { outcome: "refused", error: refusal, endedAt: now().toISOString() } };
    const instead = reconsider(orders);
    if (!instead && isInProgress(orders, now(), decision)) {
      throw new OffairError("ERR_BUSY", "another order of the stream is in progress", { stream: report.stream });
    }
    return instead && { skip: instead };
  });
  if (!placed) {
    const outcome = skipped.action === "review" ? "review" : "ignored";
    return close(record, { outcome, because: skipped.because }, deps, sources);
  }
  const { outcome = "unknown", error, number } = await executeAndProve(placed, deps, () => check("sending"));
  if (outcome === "refused") {
    const end = { outcome: outcomeOfRefusal(error), because: error ?? "refused", orderNumber: number };
    return close(record, end, deps, sources);
  }
  const because = outcome === "failed" ? error : undefined;
  return close(record, definedOnly({ outcome, orderNumber: number, because }), deps);
}

/** @param sources - all that the action is based on; by default the report's own. */
export async function close(
  record: ReportRecord,
  end: Required<Pick<ReportRecord, "outcome">> & Partial<ReportRecord>,
  deps: HandleDeps,
  sources?: readonly string[],
): Promise<ReportRecord> {
  const at = deps.now();
  const clock = await startClock(record, end.outcome, at, deps, sources);
  const ended = { ...end, ...clock, closedAt: at.toISOString() };
  await deps.ledger.closeReport(record.key, ended);
  return { ...record, ...ended };
}

export const summary = ({ key, outcome = "unknown", because, orderNumber }: ReportRecord): Handled =>
  definedOnly({ key, outcome, because, orderNumber });

/** The summary, with the milliseconds from receipt to the end if the report took the stream off the air. */
export function summaryOfAct(ended: ReportRecord, { now }: HandleDeps): Handled {
  const { outcome, report } = ended;
  const tookOff = outcome === "accepted" || outcome === "verified" || outcome === "unverified";
  return { ...summary(ended), ...(tookOff && { timeToOffMs: now().getTime() - Date.parse(report.receivedAt) }) };
}
