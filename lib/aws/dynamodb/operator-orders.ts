/** What operators asked for: written by the incident function only, and never over. */

import { isDeepStrictEqual } from "node:util";
import { OffairError } from "../../core/errors.ts";
import { formatIssues, issuesOf } from "../../core/issues.ts";
import { type OperatorOrder, operatorOrderSchema } from "../../orders/operator-order.ts";
import type { OperatorOrderStore } from "../../orders/order-store.ts";
import { type Item, type LedgerTable, unwrap } from "./table.ts";
import type { Key } from "./time-index.ts";

const PAGE = 50;

const keyOf = ({ orderId, index }: Pick<OperatorOrder, "orderId" | "index">): Key => ({
  pk: `OPERATOR#${orderId}`,
  sk: `ORDER#${String(index).padStart(6, "0")}`,
});

/** Parsed, and not only unwrapped: on this item somebody's stream is taken off or put on. */
function operatorOrder(item: Item): OperatorOrder {
  const { data, error } = operatorOrderSchema.safeParse(item);
  if (error)
    throw new OffairError("ERR_LEDGER", `an operator's order is not as written: ${formatIssues(issuesOf(error))}`);
  return data;
}

type LedgerOperators = OperatorOrderStore;

export function createLedgerOperators({ get, pages, put }: LedgerTable): LedgerOperators {
  return {
    async writeOperatorOrders(orders) {
      for (const order of orders) {
        if (await put({ ...keyOf(order), ...order })) continue;
        const stored = await get(keyOf(order)); // this very one, if the SDK repeated a request whose answer was lost
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
      const orders: OperatorOrder[] = [];
      for await (const items of pages(`OPERATOR#${orderId}`, "ORDER#", PAGE, true)) {
        orders.push(...items.map(operatorOrder));
      }
      return orders;
    },
  };
}
