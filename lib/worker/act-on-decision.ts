/** A decision that acts, perhaps made in an earlier delivery: everything that may have changed since is looked at again. */
import { OffairError } from "../core/errors.ts";
import { isTooOld } from "../decisions/decide.ts";
import { type ActingDecision, acts, type Decision } from "../decisions/decision.ts";
import type { ReportOutcome, ReportRecord } from "../decisions/report-record.ts";
import { executeOrder } from "../orders/execute-order.ts";
import type { Order, OrderDraft, OrderEnd } from "../orders/order.ts";
import { isInProgress } from "../orders/order-history.ts";
import { inScope, isProtected } from "../policy/policy.ts";
import { isFrozen, type ModeRecord } from "../safeguards/mode.ts";
import type { HandleDeps, Handled } from "./handler.ts";

export interface ActDeps extends HandleDeps {
  readonly mode: ModeRecord;
  /** On whose words, a person's left out: no action while one of these sources is frozen. */
  readonly sourcesToCheck: readonly string[];
  readonly draft: (record: ReportRecord, decision: ActingDecision) => OrderDraft;
  /** The stream had no order a moment ago. */
  readonly isFirst?: boolean;
  /** Looked at with the stream's orders in the step that places the order: what to decide instead, if anything. */
  readonly reconsider: (decision: ActingDecision, orders: readonly Order[]) => Decision | undefined;
}

/** Why a decision that acts does so no more. */
type Veto = "observed" | "out-of-scope" | "protected-stream" | "source-frozen" | "too-old";

const OUTCOME_OF_VETO: Readonly<Record<Veto, ReportOutcome>> = {
  observed: "observed",
  "out-of-scope": "refused",
  "protected-stream": "review",
  "source-frozen": "held",
  "too-old": "review",
};
const isVeto = (error: string | undefined): error is Veto =>
  error !== undefined && Object.hasOwn(OUTCOME_OF_VETO, error);

export async function actOn(record: ReportRecord, deps: ActDeps): Promise<ReportRecord> {
  const { ledger, now, policy, mode } = deps;
  const { report, decision } = record;
  if (!acts(decision)) throw new OffairError("ERR_LEDGER", "a decision without an outcome asks for no action");
  const veto = (): Veto | undefined => {
    if (mode.mode === "observe") return "observed";
    if (!inScope(report.stream, policy)) return "out-of-scope";
    if (isProtected(report.stream, policy)) return "protected-stream";
    if (deps.sourcesToCheck.some((source) => isFrozen(source, mode))) return "source-frozen";
    return isTooOld(report, now(), policy) ? "too-old" : undefined;
  };
  // Placed though nothing is to be sent, and ended in the same write: another worker with this report then finds it so.
  const vetoed = veto();
  const over: Partial<OrderEnd> = vetoed ? { outcome: "refused", error: vetoed, endedAt: now().toISOString() } : {};
  let instead: Decision | undefined;
  const unless = (orders: readonly Order[]): boolean => {
    if (vetoed !== undefined) return false;
    instead = deps.reconsider(decision, orders);
    if (!instead && isInProgress(orders, now(), decision)) {
      throw new OffairError("ERR_BUSY", "another order of the stream came first", { stream: report.stream });
    }
    return instead !== undefined;
  };
  const order = await ledger.placeOrder({ ...deps.draft(record, decision), ...over }, unless, deps.isFirst);
  if (!order) {
    const outcome = instead?.action === "review" ? "review" : "ignored";
    return close(record, { outcome, because: instead?.because ?? "yielded" }, deps);
  }
  const { outcome = "unknown", error, number } = await executeOrder(order, deps, veto);
  if (outcome !== "refused") {
    const because = outcome === "failed" && error ? { because: error } : {};
    return close(record, { outcome, orderNumber: number, ...because }, deps);
  }
  // An order of a rule that was not carried out while it could be is over, and a person looks at the report.
  const ended = isVeto(error) ? OUTCOME_OF_VETO[error] : "review";
  return close(record, { outcome: ended, because: error ?? "refused", orderNumber: number }, deps);
}

export async function close(
  record: ReportRecord,
  end: Required<Pick<ReportRecord, "outcome">> & Partial<ReportRecord>,
  { ledger, now }: HandleDeps,
): Promise<ReportRecord> {
  const ended = { ...end, closedAt: now().toISOString() };
  await ledger.closeReport(record.key, ended);
  return { ...record, ...ended };
}

export const summary = ({ key, outcome, because, orderNumber }: ReportRecord): Handled => ({
  key,
  outcome: outcome ?? "unknown",
  ...(because !== undefined && { because }),
  ...(orderNumber !== undefined && { orderNumber }),
});

/** With how long it took, where it took a stream off. */
export function summaryOfAct(ended: ReportRecord, { now }: HandleDeps): Handled {
  const { outcome, report } = ended;
  const tookOff = outcome === "accepted" || outcome === "verified" || outcome === "unverified";
  return { ...summary(ended), ...(tookOff && { timeToOffMs: now().getTime() - Date.parse(report.receivedAt) }) };
}
