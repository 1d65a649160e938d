/** The outbox on DynamoDB: reads items with unpublished events, and takes them out. */
import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import type { LedgerItem } from "../../../events/ledger-item.ts";
import {
  type ItemKey,
  MAX_PUBLISHED,
  type OutboxItem,
  type OutboxStore,
  type SharedReads,
} from "../../../notify/stores.ts";
import { expressionsOf } from "../item-change.ts";
import { type Item, type LedgerTable, parseItem } from "../table.ts";
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

/** A page of changes; more do not wait, as a rule. */
const CHANGES = 20;

/** The changes of the mode before this one that are in the outbox too, the oldest first: a freeze is published before its end. */
async function earlierChanges({ pk, sk }: ItemKey, table: LedgerTable): Promise<ItemKey[]> {
  const found: ItemKey[] = [];
  if (pk !== "CONTROL") return found;
  for await (const items of table.pages(pk, "CHANGE#", CHANGES, false, { pk, sk })) {
    const waiting = items.filter(isInOutbox);
    found.unshift(...waiting.map((item) => ({ pk, sk: String(item.sk) })).toReversed());
    if (waiting.length < items.length) break;
  }
  return found;
}

/** @returns the table with reads that are shared: an order and its report are read at the same time, and the order needs nothing that changes. */
const readTogether = (table: LedgerTable, shared: SharedReads): LedgerTable => ({
  ...table,
  get(key) {
    const name = `${key.pk} ${key.sk}`;
    const read = shared.get(name) ?? table.get(key);
    shared.set(name, read);
    return read;
  },
});

/** @throws OffairError `ERR_LEDGER` from every function, and `ERR_PLAN_ALTERED` from `readOutbox`. */
export function createOutboxStore(table: LedgerTable): Pick<OutboxStore, "readOutbox" | "removeFromOutbox"> {
  async function readOne(key: ItemKey, shared: SharedReads = new Map()): Promise<OutboxItem[]> {
    const found = await readItem(key, readTogether(table, shared));
    const ledgerItem = found && isInOutbox(found.item) ? await found.complete() : undefined;
    return found && ledgerItem ? [outboxItem(found.item, ledgerItem)] : [];
  }

  return {
    async readOutbox(key, shared = new Map()) {
      if (isOrderKey(key)) {
        return (await readOrders(key, readTogether(table, shared))).map(({ item, ledgerItem }) =>
          outboxItem(item, ledgerItem),
        );
      }
      const asked = await readOne(key, shared);
      if (asked.length === 0) return [];
      const earlier = await Promise.all((await earlierChanges(key, table)).map((each) => readOne(each)));
      return [...earlier.flat(), ...asked];
    },

    /** Changes only the attributes that the role of `notify` may change, and not the time of `byTime`: nothing is exported again. */
    async removeFromOutbox({ key, mark, published: before }, published, againAt) {
      const all = [...new Set([...before, ...published])].slice(-MAX_PUBLISHED);
      const hasMore = published.some((id) => !before.includes(id));
      const change = expressionsOf({
        set: {
          ...(hasMore && { published: all }),
          ...(againAt ? { outboxAt: markAt(againAt).outboxAt } : { outbox: undefined, outboxAt: undefined }),
        },
        ...{ condition: "#outboxAt = :mark", values: { ":mark": mark } },
      });
      const written = await table.attempt("be written", (client, TableName) =>
        client.send(new UpdateCommand({ TableName, Key: { ...key }, ...change })),
      );
      return written !== undefined;
    },
  };
}
