/**
 * What the ledger held, as it is exported: an item a line, in the state that it had when it was exported. An item is exported again
 * after every change, so the last line of a key is what became of it.
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
  /** The head of a plan, as its hash was taken. */
  | { readonly kind: "plan"; readonly plan: { readonly orderId: string; readonly head: string } }
  | { readonly kind: "plan-state"; readonly planState: PlanState & { readonly orderId: string } }
  /** Of the mode, or of a frozen source. */
  | { readonly kind: "change"; readonly change: ModeChange & Readonly<Record<string, unknown>> }
);
