/** Finds what a batch waits for, if it has stopped: the cause is stored with the orders that are tried. */
import type { Stream } from "../../core/stream.ts";
import { SECOND_MS } from "../../core/time.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import { operatorCause } from "../../orders/operator-order.ts";
import type { Waiting } from "../../orders/order.ts";
import type { BatchResult } from "../../plans/batch-result.ts";
import { readPlanPart } from "../../plans/load-plan.ts";
import { type OperatorPlan, PART_STREAMS, type PlanState, partOf } from "../../plans/plan.ts";

/** A batch without a result for this long has stopped. A running one has several a second. */
const STOPPED_MS = 5 * SECOND_MS;
/** The next streams of the plan, which are tried first. Each costs a query of the ledger. */
const LOOKED_AT = 5;

export async function waitingOfBatch(
  plan: OperatorPlan,
  { applied }: PlanState,
  results: readonly BatchResult[],
  { ledger, now }: { readonly ledger: Ledger; readonly now: () => Date },
): Promise<Waiting | undefined> {
  if (!applied || results.length >= plan.count) return undefined;
  const last = results.reduce((latest, { endedAt }) => (endedAt > latest ? endedAt : latest), applied.appliedAt);
  if (now().getTime() - Date.parse(last) < STOPPED_MS) return undefined;
  const ended = new Set(results.map(({ index }) => index));
  const parts = new Map<number, readonly Stream[]>();
  for (let index = 0, looked = 0; index < plan.count && looked < LOOKED_AT; index++) {
    if (ended.has(index)) continue;
    looked += 1;
    const part = parts.get(partOf(index)) ?? (await readPlanPart(plan, partOf(index), ledger));
    parts.set(partOf(index), part);
    const stream = part[index % PART_STREAMS];
    if (!stream) continue;
    const cause = operatorCause({ orderId: plan.orderId, index });
    const order = (await ledger.recentOrders(stream)).find(({ authority }) => authority.cause === cause);
    if (order?.waiting) return order.waiting;
  }
  return undefined;
}
