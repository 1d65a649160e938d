/**
 * The lines of a ledger export: one item per line, as it was at the time of the export. An item is exported again after each change, so the
 * last line of a key is the final state.
 */
import type { ReportRecord, UntranslatedRecord } from "../decisions/report-record.ts";
import type { OperatorOrder } from "../orders/operator-order.ts";
import type { Order } from "../orders/order.ts";
import type { PlanState } from "../plans/plan.ts";
import type { ModeChange } from "../safeguards/mode.ts";

export type LedgerEvent = {
  /** When the item last changed. */
  readonly at: string;
} & (
  | { readonly kind: "report"; readonly report: ReportRecord }
  | { readonly kind: "untranslated"; readonly untranslated: UntranslatedRecord }
  | { readonly kind: "order"; readonly order: Order }
  | { readonly kind: "operator-order"; readonly operatorOrder: OperatorOrder }
  /** The head of a plan, as the text that its hash covers. */
  | { readonly kind: "plan"; readonly plan: { readonly orderId: string; readonly head: string } }
  | { readonly kind: "plan-state"; readonly planState: PlanState & { readonly orderId: string } }
  /** A change of the mode or of a frozen source. */
  | { readonly kind: "change"; readonly change: ModeChange & Readonly<Record<string, unknown>> }
);
