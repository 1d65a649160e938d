/** Which batches are undone: what they took off, they do not want off any more. */

import type { Order } from "../orders/order.ts";
import type { PlanStore } from "./plan-store.ts";
import type { OrderIds } from "./undo.ts";

/** For one request, which looks at many streams of the same few batches: what it has read it does not read again. */
export function createReadUndoneBatches(
  ledger: Pick<PlanStore, "readPlanState">,
): (orders: readonly Order[]) => Promise<OrderIds> {
  const read = new Map<string, Promise<boolean>>();
  return async (orders) => {
    const undone = new Set<string>();
    for (const { action, authority } of orders) {
      if (action !== "disable" || authority.kind !== "operator") continue;
      const { orderId } = authority;
      const reading = read.get(orderId) ?? isUndone(orderId, ledger);
      read.set(orderId, reading);
      if (await reading) undone.add(orderId);
    }
    return undone;
  };
}

/** Not before its undo is applied, and not where somebody stopped that: what is left of the batch is to stay then. */
async function isUndone(orderId: string, ledger: Pick<PlanStore, "readPlanState">): Promise<boolean> {
  const { undone } = await ledger.readPlanState(orderId);
  if (undone?.undoOrderId === undefined) return undone !== undefined;
  return (await ledger.readPlanState(undone.undoOrderId)).cancelled === undefined;
}
