/** Stores operators' orders: written by the incident function only, and never overwritten. */
import { isDeepStrictEqual } from "node:util";
import { OffairError } from "../../core/errors.ts";
import { type OperatorOrder, operatorOrderSchema } from "../../orders/operator-order.ts";
import type { OperatorOrderStore } from "../../orders/order-store.ts";
import { type Item, type LedgerTable, listItems, parseItem, unwrap } from "./table.ts";
import type { Key } from "./time-index.ts";

const PAGE = 50;

const keyOf = ({ orderId, index }: Pick<OperatorOrder, "orderId" | "index">): Key => ({
  pk: `OPERATOR#${orderId}`,
  sk: `ORDER#${String(index).padStart(6, "0")}`,
});

/** Validated, not only unwrapped, because this item disables or enables a stream. */
const operatorOrder = (item: Item): OperatorOrder => parseItem(operatorOrderSchema, item, "an operator's order");

export function createLedgerOperators(table: LedgerTable): OperatorOrderStore {
  const { get, put } = table;
  return {
    async writeOperatorOrders(orders) {
      for (const order of orders) {
        if (await put({ ...keyOf(order), ...order })) continue;
        const stored = await get(keyOf(order)); // the same order, if the SDK repeated a request whose response was lost
        if (!stored || !isDeepStrictEqual(unwrap(stored), { ...order })) {
          throw new OffairError("ERR_LEDGER", `the order ${order.orderId} exists already`);
        }
      }
    },

    async readOperatorOrder(orderId, index) {
      const item = await get(keyOf({ orderId, index }));
      return item && operatorOrder(item);
    },

    async listOperatorOrders(orderId) {
      return (await listItems(table, `OPERATOR#${orderId}`, "ORDER#", PAGE)).map(operatorOrder);
    },
  };
}
