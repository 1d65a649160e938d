/** Storage of plans: the hashed text in parts, the state, and the result of each stream. */
import type { Outcome } from "../orders/order.ts";
import type { Overturn } from "../orders/overturn.ts";
import type { BatchResult } from "./batch-result.ts";
import type { Applied, Approval, Cancelled, PlanState, PlanText, Undo } from "./plan.ts";

/** Reads the text of a plan, head and parts. */
export interface PlanTextReader {
  /** As stored, unverified: the caller verifies the hash. */
  readPlanHead(orderId: string): Promise<string | undefined>;
  readPlanPart(orderId: string, part: number): Promise<string | undefined>;
}

export interface PlanStore extends PlanTextReader {
  /** The order id must be unused. Writes the head last, so that a plan that can be read is complete. */
  writePlan(orderId: string, plan: PlanText): Promise<void>;
  readPlanState(orderId: string): Promise<PlanState>;
  /** The first approval stands, unless the plan was applied or cancelled before. @returns the state afterwards. */
  approvePlan(orderId: string, approval: Approval): Promise<PlanState>;
  /** @returns false, without writing, if the plan was applied or cancelled before. */
  applyPlan(orderId: string, applied: Applied): Promise<boolean>;
  /** The first cancellation stands. @returns the state afterwards. */
  cancelPlan(orderId: string, cancelled: Cancelled): Promise<PlanState>;
  /** Adds an undo of a batch, or of a few orders. */
  addUndo(orderId: string, undo: Undo): Promise<void>;
  /** Adds a statement that the orders of a batch, or of a request, were wrong. */
  addOrderOverturn(orderId: string, overturn: Overturn): Promise<void>;
  /** @returns false, without writing, if the stream of this index has a result already. */
  writeBatchResult(orderId: string, result: BatchResult): Promise<boolean>;
  /** Changes a stream's result when more became known of its order. @returns false, without writing, if its outcome is none of `from`. */
  changeBatchOutcome(orderId: string, index: number, from: readonly Outcome[], to: Outcome): Promise<boolean>;
  /** In any order. */
  listBatchResults(orderId: string): Promise<BatchResult[]>;
}
