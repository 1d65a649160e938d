/**
 * What the ledger held, as it is exported: an item a line, in the state that it had when it was exported. An item is exported again
 * after every change, so the last line of a key is what became of it.
 */
import type { Change, OperatorOrder, ReportRecord, UntranslatedRecord } from "../moderation/ledger.ts";
import type { Order } from "../moderation/order.ts";

export type LedgerEvent = {
  /** When the item last changed. */
  readonly at: string;
} & (
  | { readonly kind: "report"; readonly report: ReportRecord }
  | { readonly kind: "untranslated"; readonly untranslated: UntranslatedRecord }
  | { readonly kind: "order"; readonly order: Order }
  | { readonly kind: "operator-order"; readonly operatorOrder: OperatorOrder }
  /** Of the mode, or of a frozen source. */
  | { readonly kind: "change"; readonly change: Change & Readonly<Record<string, unknown>> }
);

/** A disable that is in force by the ledger: what Live's list is expected to hold. */
export interface Expected {
  readonly domain: string;
  readonly app: string;
  readonly stream: string;
  readonly resumeTime: string;
  /** Of the order. */
  readonly number: number;
  readonly placedAt: string;
  readonly reason: string;
  /** `rule <id>` with its policy, or the operator. */
  readonly by: string;
  /** `source#id` of the report, or the operator's order id. */
  readonly cause: string;
}
