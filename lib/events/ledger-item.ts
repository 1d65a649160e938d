/**
 * An item of the ledger that gives events, with what its events need besides. The ledger's adapter reads it; `eventsOf` (events-of.ts) is pure.
 */
import type { ReportRecord, UntranslatedRecord } from "../decisions/report-record.ts";
import type { Order } from "../orders/order.ts";
import type { BatchResult } from "../plans/batch-result.ts";
import type { OperatorPlan, PlanState } from "../plans/plan.ts";
import type { ModeChange } from "../safeguards/mode.ts";
import type { AuditNotice } from "./audit-notice.ts";

export type LedgerItem =
  | {
      readonly kind: "order";
      readonly order: Order;
      /** The stream's orders before it, newest first: the previous state follows from them. */
      readonly earlier: readonly Order[];
      /** The report that the order was placed for, if there is one: it has the category. */
      readonly report?: ReportRecord;
    }
  | { readonly kind: "report"; readonly report: ReportRecord }
  | { readonly kind: "untranslated"; readonly untranslated: UntranslatedRecord }
  | { readonly kind: "plan"; readonly plan: OperatorPlan }
  | {
      readonly kind: "plan-state";
      readonly plan: OperatorPlan;
      readonly state: PlanState;
      /** Of an applied plan that acts on streams: the results so far. */
      readonly results: readonly BatchResult[];
    }
  | { readonly kind: "change"; readonly change: ModeChange & Readonly<Record<string, unknown>> }
  | { readonly kind: "notice"; readonly notice: AuditNotice }
  /** One access key is blocked. `since`: when Live refused it. `until`: absent if only another secret ends it. */
  | {
      readonly kind: "key";
      /** The Huawei user. */
      readonly user: string;
      /** Part of the SHA-256 of the access key. */
      readonly keyHash: string;
      readonly since: string;
      readonly until?: string;
    };
