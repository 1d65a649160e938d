/** Storage of plans: the hashed text in parts, what became of it, and the result of each stream. */
import type { BatchResult } from "./batch-result.ts";
import type { Applied, Approval, Cancelled, PlanState, PlanText, Undo } from "./plan.ts";

/** Reads the text of a plan, head and parts. */
export interface PlanTextReader {
  /** As stored, unverified: whoever acts on it holds it against its hash. */
  readPlanHead(orderId: string): Promise<string | undefined>;
  readPlanPart(orderId: string, part: number): Promise<string | undefined>;
}

export interface PlanStore extends PlanTextReader {
  /** Under an order id that is free; the head last, so that what can be read is whole. */
  writePlan(orderId: string, plan: PlanText): Promise<void>;
  readPlanState(orderId: string): Promise<PlanState>;
  /** The first approval stands, of what was not applied or cancelled before. @returns the state afterwards. */
  approvePlan(orderId: string, approval: Approval): Promise<PlanState>;
  /** @returns false, and nothing is written, if it was applied or cancelled before. */
  applyPlan(orderId: string, applied: Applied): Promise<boolean>;
  /** The first cancellation stands. @returns the state afterwards. */
  cancelPlan(orderId: string, cancelled: Cancelled): Promise<PlanState>;
  /** Adds to what undoes a batch, or a few orders. */
  addUndo(orderId: string, undo: Undo): Promise<void>;
  /** @returns false, and nothing is written, if the stream of this index has a result already. */
  writeBatchResult(orderId: string, result: BatchResult): Promise<boolean>;
  /** In no order. */
  listBatchResults(orderId: string): Promise<BatchResult[]>;
}
