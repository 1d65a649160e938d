/**
 * Stores the index of operators' orders and plans: two items for each, one found by its time and one by its id. They share a partition that
 * only the incident function writes. They are not exported: the exports have the orders and the plans themselves.
 */
import * as z from "zod";
import type { IndexedOrder, OrderIndex } from "../../orders/order-index.ts";
import { type Item, type LedgerTable, parseItem } from "./table.ts";
import type { Key } from "./time-index.ts";

const PK = "OPERATOR#INDEX";
const PAGE = 100;

/** Sorts as the time does, because the length of the time is always the same. */
const timeKey = ({ madeAt, orderId }: Pick<IndexedOrder, "madeAt" | "orderId">): Key => ({
  pk: PK,
  sk: `TIME#${madeAt}#${orderId}`,
});
const idKey = (orderId: string): Key => ({ pk: PK, sk: `ID#${orderId}` });

const indexedSchema = z.object({ orderId: z.string(), madeAt: z.iso.datetime(), requestedBy: z.string() });
const indexed = (item: Item): IndexedOrder => parseItem(indexedSchema, item, "an entry of the index of orders");

export function createOrderIndex({ pages, put }: LedgerTable): OrderIndex {
  return {
    async indexOrder({ orderId, madeAt, requestedBy }) {
      const entry = { orderId, madeAt, requestedBy };
      await Promise.all([put({ ...timeKey(entry), ...entry }), put({ ...idKey(orderId), ...entry })]);
    },
    async *orderPages(before) {
      for await (const items of pages(PK, "TIME#", PAGE, false, before && timeKey(before))) yield items.map(indexed);
    },
    async ordersByPrefix(prefix, limit) {
      for await (const items of pages(PK, idKey(prefix).sk, limit, true)) return items.map(indexed);
      return [];
    },
  };
}
