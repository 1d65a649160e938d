/** Stores what was delivered of each ordering key to each subscriber, beside the events of the key, with a lock. */
import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { mapConcurrently } from "../../../core/map-concurrently.ts";
import { DELIVERY_LOCK_MS, LATEST_DELIVERY_LOCK_MS } from "../../../notify/delivery-lock.ts";
import { type Delivery, deliverySchema } from "../../../notify/records.ts";
import type { DeliveryStore, ItemKey, LogEnd } from "../../../notify/stores.ts";
import { type Item, type LedgerTable, parseItem } from "../table.ts";
import { deliveryKey, listRetried } from "./due.ts";
import { markAt } from "./outbox-marks.ts";

const READS_AT_ONCE = 10;

/** Rounds in which the lock was taken, and was free when its holder was to be asked. */
const ROUNDS = 3;

const deliveryOf = (item: Item): Delivery => parseItem(deliverySchema, item, "a delivery");

const endSchema = deliverySchema.pick({ subscriber: true, sent: true }).extend({ until: z.number().exactOptional() });

/** No more than the log needs: one retry that cannot be read delays no other subscriber. */
export function endOfDelivery(item: Item): LogEnd["deliveries"][number] {
  const { until, ...end } = parseItem(endSchema, item, "a delivery");
  return { ...end, isFailing: "failing" in item, ...(until !== undefined && { lockedUntil: new Date(until) }) };
}

/** The condition that `sent` is what it was. */
const isSentUnchanged = (before: number): string =>
  before === 0 ? "(attribute_not_exists(#sent) OR #sent = :before)" : "#sent = :before";

/** @throws OffairError `ERR_LEDGER` from every function. */
export function createDeliveryStore(table: LedgerTable): DeliveryStore {
  const { attempt, change, get } = table;

  /** Asks who has the lock to look again when it unlocks. @returns false if nobody else has it. */
  async function askHolder(key: ItemKey, holder: string): Promise<boolean> {
    const asked = await attempt("be written", (client, TableName) =>
      client.send(
        new UpdateCommand({
          ...{ TableName, Key: { ...key }, UpdateExpression: "SET asked = holder" },
          ConditionExpression: "attribute_exists(holder) AND holder <> :holder",
          ExpressionAttributeValues: { ":holder": holder },
        }),
      ),
    );
    return asked !== undefined;
  }

  return {
    async lockDelivery(orderingKey, subscriber, holder, now, asks = false) {
      const key = deliveryKey(orderingKey, subscriber);
      const lock = {
        set: { orderingKey, subscriber, holder, until: now.getTime() + DELIVERY_LOCK_MS },
        condition: "attribute_not_exists(#holder) OR #until < :now OR #until > :latest OR #holder = :holder",
        values: { ":now": now.getTime(), ":latest": now.getTime() + LATEST_DELIVERY_LOCK_MS },
      };
      for (let round = 0; ; round++) {
        const locked = await change(key, lock, "ALL_NEW");
        if (locked) return deliveryOf(locked);
        // If nobody has the lock by now, it is tried again.
        if (!asks || round === ROUNDS || (await askHolder(key, holder))) return undefined;
      }
    },

    async writeDelivery({ orderingKey, subscriber, sent, failing }, { before, holder, isLocked, dueAt }) {
      const mark = dueAt ? markAt(dueAt) : { outbox: undefined, outboxAt: undefined };
      // The writer is this one if the SDK repeated this request after its response was lost.
      const condition = `${isLocked ? "#holder = :writtenBy AND " : ""}${isSentUnchanged(before)} OR #writtenBy = :writtenBy`;
      const written = await change(
        deliveryKey(orderingKey, subscriber),
        {
          set: { orderingKey, subscriber, sent, failing, writtenBy: holder, ...mark },
          remove: ["asked", ...(isLocked ? ["holder", "until"] : [])],
          ...{ condition, values: { ":before": before } },
        },
        "ALL_OLD",
      );
      return written && { isAsked: written.asked !== undefined };
    },

    async unlockDelivery({ orderingKey, subscriber, sent }, holder, asks) {
      const isNotAsked = "(attribute_not_exists(#asked) OR #asked <> :holder)";
      return table.update(deliveryKey(orderingKey, subscriber), {
        set: asks ? { asked: "logger" } : {},
        remove: ["holder", "until"],
        condition: `#holder = :holder AND ${isSentUnchanged(sent)} AND ${isNotAsked}`,
        values: { ":holder": holder, ":before": sent },
      });
    },

    async readDelivery(orderingKey, subscriber) {
      const item = await get(deliveryKey(orderingKey, subscriber));
      return item && deliveryOf(item);
    },

    async listFailing(limit) {
      const failing: Delivery[] = [];
      for await (const keys of listRetried(table)) {
        const items = await mapConcurrently(keys, READS_AT_ONCE, get);
        failing.push(...items.flatMap((item) => (item ? [deliveryOf(item)] : [])).filter((each) => each.failing));
        if (failing.length >= limit) break;
      }
      return failing.slice(0, limit);
    },
  };
}
