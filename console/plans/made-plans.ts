/** Plans as they were made, in this tab: the streams that a plan leaves out are known only then. */
import type { PlanResponse } from "../../lib/operator/contract/response-schema.ts";

interface MadePlan {
  readonly plan: PlanResponse;
  /** The list of what is left out is too long for one response, and cut. */
  readonly isCut: boolean;
}

const MOST = 20;
const made = new Map<string, MadePlan>();

export function rememberPlan(plan: PlanResponse, isCut = false): void {
  made.set(plan.orderId, { plan, isCut });
  const [oldest] = made.keys();
  if (made.size > MOST && oldest !== undefined) made.delete(oldest);
}

/** @returns undefined if another tab or person made it, or the tab was loaded again. */
export const madePlan = (orderId: string): MadePlan | undefined => made.get(orderId);
