/** Reads which batches are undone: an applied plan undoes them, and was not cancelled before it reached every stream. */
import type { Order } from "../orders/order.ts";
import type { PlanState } from "./plan.ts";
import type { PlanStore } from "./plan-store.ts";
import type { OrderIds } from "./undo.ts";

type StateReader = Pick<PlanStore, "readPlanState">;

/** Reads the state of each batch once, for one request that covers many streams of the same few batches. */
export function createReadUndoneBatches(ledger: StateReader): (orders: readonly Order[]) => Promise<OrderIds> {
  const readings = new Map<string, Promise<boolean>>();
  return async (orders) => {
    const undone = new Set<string>();
    for (const { action, authority } of orders) {
      if (action !== "disable" || authority.kind !== "operator") continue;
      const { orderId } = authority;
      const reading = readings.get(orderId) ?? isUndone(orderId, ledger);
      readings.set(orderId, reading);
      if (await reading) undone.add(orderId);
    }
    return undone;
  };
}

const isUndone = async (orderId: string, ledger: StateReader): Promise<boolean> =>
  isUndoneBy(await ledger.readPlanState(orderId), ledger);

/** @param state - of the batch. */
export async function isUndoneBy({ undos = [] }: PlanState, ledger: StateReader): Promise<boolean> {
  for (const { undoOrderId } of undos) {
    if (undoOrderId === undefined) return true;
    const { applied, cancelled } = await ledger.readPlanState(undoOrderId);
    if (applied && !cancelled) return true;
  }
  return false;
}
