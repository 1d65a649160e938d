/**
 * Derives the orders of an applied plan from the plan and its state, and never from a message. Verified plans are cached, because they
 * never change; their state is read each time.
 */

import { definedOnly } from "../core/defined-only.ts";
import { OffairError } from "../core/errors.ts";
import { nameOf, type Stream } from "../core/stream.ts";
import type { OperatorOrder } from "../orders/operator-order.ts";
import { secondPersonOf } from "./approval.ts";
import { altered, readPlan, readPlanPart } from "./load-plan.ts";
import { type OperatorPlan, PART_STREAMS, type PlannedStream, type PlanState, partOf } from "./plan.ts";
import type { PlanTextReader } from "./plan-store.ts";

export type AppliedState = PlanState & Required<Pick<PlanState, "applied">>;

export const isApplied = (state: PlanState): state is AppliedState => state.applied !== undefined;

/** A stream, and the case whose approval its order carries out. */
export type StreamOfPlan = Stream & { readonly report?: string };

/** Reads applied plans. All methods throw `ERR_PLAN_ALTERED` if the stored plan is not the one that was applied. */
export interface AppliedPlans {
  plan(orderId: string, state: AppliedState): Promise<OperatorPlan>;
  /**
   * The stream, and in a plan of approvals its case.
   *
   * @throws OffairError `ERR_MESSAGE_INVALID` if the plan has no stream of this index.
   */
  stream(plan: OperatorPlan, index: number): Promise<StreamOfPlan>;
}

/** With the longest possible names, a part has a third of a megabyte. */
const PLAN_CACHE_SIZE = 20;
const PART_CACHE_SIZE = 20;

export function createAppliedPlans(ledger: PlanTextReader): AppliedPlans {
  const plans = createCache<OperatorPlan>(PLAN_CACHE_SIZE);
  const parts = createCache<readonly PlannedStream[]>(PART_CACHE_SIZE);

  async function read(orderId: string, sha256: string): Promise<OperatorPlan> {
    const stored = await readPlan(orderId, ledger);
    if (!stored) throw altered(orderId, "it is gone");
    if (stored.sha256 !== sha256) throw altered(orderId, "its hash is not the one that was applied");
    return stored.plan;
  }

  return {
    plan(orderId, { applied: { planSha256 } }) {
      return plans(`${orderId} ${planSha256}`, () => read(orderId, planSha256));
    },
    async stream(plan, index) {
      const part = partOf(index);
      const described = plan.parts[part];
      const key = `${plan.orderId} ${part} ${described?.sha256}`;
      const streams = described && (await parts(key, () => readPlanPart(plan, part, ledger)));
      const stream = streams?.[index % PART_STREAMS];
      if (stream) return { ...nameOf(stream), ...(stream.report !== undefined && { report: stream.report }) };
      throw new OffairError("ERR_MESSAGE_INVALID", `the plan ${plan.orderId} has no stream ${index}`);
    },
  };
}

/** The order for one stream. It is requested by the planner, from whom the second person must differ. */
export function batchOrder(
  plan: OperatorPlan,
  state: AppliedState,
  index: number,
  { report: approves, ...stream }: StreamOfPlan,
): OperatorOrder {
  const { orderId, action, resumeTime, reason, requestedBy, overrideProtected, undoes } = plan;
  if (action === "reject") throw new OffairError("ERR_MESSAGE_INVALID", `the plan ${orderId} acts on no stream`);
  const { appliedAt, overridesRulesUntil, breakGlass } = state.applied;
  // Verified again here: the stored state alone is not trusted.
  const approvedBy = secondPersonOf({ plan, sha256: state.applied.planSha256, state });
  return definedOnly({
    orderId,
    index,
    stream,
    action,
    resumeTime,
    reason,
    requestedBy,
    requestedAt: appliedAt,
    overridesRulesUntil,
    approves,
    approvedBy,
    overrideProtected: overrideProtected || undefined,
    breakGlass,
    undoes,
  });
}

/** A cache of the last reads. Concurrent callers share a promise; a read that fails is not cached. */
function createCache<T>(size: number): (key: string, read: () => Promise<T>) => Promise<T> {
  const cached = new Map<string, Promise<T>>();
  return (key, read) => {
    const hit = cached.get(key);
    if (hit !== undefined) return hit;
    const value = read();
    cached.set(key, value);
    value.catch(() => cached.delete(key));
    const [oldest] = cached.keys();
    if (cached.size > size && oldest !== undefined) cached.delete(oldest);
    return value;
  };
}
