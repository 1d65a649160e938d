/**
 * The ledger: every report, decision, order, attempt and outcome. It makes the system idempotent: writes that must happen once are
 * conditional, and reads that a decision depends on are strongly consistent.
 */
import type { CanaryNoteStore } from "../canary/canary-run.ts";
import type { ReportStore, ReviewStore } from "../decisions/report-store.ts";
import type { OrderIndex } from "../orders/order-index.ts";
import type { OperatorOrderStore, OrderStore } from "../orders/order-store.ts";
import type { PlanStore } from "../plans/plan-store.ts";
import type { LimitStore, ModeStore } from "../safeguards/stores.ts";

export interface Ledger
  extends ReportStore,
    ReviewStore,
    OrderStore,
    OperatorOrderStore,
    OrderIndex,
    PlanStore,
    LimitStore,
    ModeStore,
    CanaryNoteStore {}
