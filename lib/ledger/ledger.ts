/**
 * The ledger: every report, decision, order, attempt and outcome. It is the idempotency of the system, so every write that must happen
 * once is conditional, and every read that a decision rests on sees all earlier writes.
 */
import type { ReportStore, ReviewStore } from "../decisions/report-store.ts";
import type { OperatorOrderStore, OrderStore } from "../orders/order-store.ts";
import type { PlanStore } from "../plans/plan-store.ts";
import type { LimitStore, ModeStore } from "../safeguards/stores.ts";

export interface Ledger
  extends ReportStore,
    ReviewStore,
    OrderStore,
    OperatorOrderStore,
    PlanStore,
    LimitStore,
    ModeStore {}
