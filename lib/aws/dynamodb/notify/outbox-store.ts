/** The outbox on DynamoDB: reads items with unpublished events, and takes them out. */
import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import type { LedgerItem } from "../../../events/ledger-item.ts";
import type { ItemKey, OutboxItem, OutboxStore } from "../../../notify/stores.ts";
import { type Item, type LedgerTable, parseItem } from "../table.ts";
import { listDue } from "./due.ts";
import { isInOutbox, markAt } from "./outbox-marks.ts";
import { readItem } from "./read-item.ts";
import { isOrderKey, readOrders } from "./read-orders.ts";

const markSchema = z.object({
  ...{ pk: z.string(), sk: z.string(), outboxAt: z.string().min(1) },
  published: z.array(z.string()).default([]),
});

function outboxItem(stored: Item, item: LedgerItem): OutboxItem {
  const { pk, sk, outboxAt: mark, published } = parseItem(markSchema, stored, "the mark of an item in the outbox");
  return { key: { pk, sk }, item, mark, published };
}

/** @throws OffairError `ERR_LEDGER` from every function, and `ERR_PLAN_ALTERED` from `readOutbox`. */
export function createOutboxStore(table: LedgerTable): OutboxStore {
  return {
    listDue: (at, limit) => listDue(table, at, limit),

    async readOutbox(key: ItemKey) {
      if (isOrderKey(key)) {
        return (await readOrders(key, table)).map(({ item, ledgerItem }) => outboxItem(item, ledgerItem));
      }
      const found = await readItem(key, table);
      const ledgerItem = found && isInOutbox(found.item) ? await found.complete() : undefined;
      return found && ledgerItem ? [outboxItem(found.item, ledgerItem)] : [];
    },

    /** Changes only the attributes that the role of `notify` may change, and not the time of `byTime`: nothing is exported again. */
    async removeFromOutbox({ key, mark, published: before }, published, againAt) {
      const all = [...new Set([...before, ...published])];
      const again = againAt && markAt(againAt).outboxAt;
      const sets = [
        ...(all.length > before.length ? ["#published = :published"] : []),
        ...(again === undefined ? [] : ["#outboxAt = :again"]),
      ];
      const expression = [
        ...(sets.length > 0 ? [`SET ${sets.join(", ")}`] : []),
        ...(again === undefined ? ["REMOVE #outbox, #outboxAt"] : []),
      ];
      const written = await table.attempt("be written", (client, TableName) =>
        client.send(
          new UpdateCommand({
            ...{ TableName, Key: { ...key }, UpdateExpression: expression.join(" ") },
            ConditionExpression: "#outboxAt = :mark",
            ExpressionAttributeNames: {
              "#outboxAt": "outboxAt",
              ...(again === undefined && { "#outbox": "outbox" }),
              ...(all.length > before.length && { "#published": "published" }),
            },
            ExpressionAttributeValues: {
              ":mark": mark,
              ...(again !== undefined && { ":again": again }),
              ...(all.length > before.length && { ":published": all }),
            },
          }),
        ),
      );
      return written !== undefined;
    },
  };
}
