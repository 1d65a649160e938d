/** Stores what was delivered of each ordering key to each subscriber, beside the events of the key, with a lock. */
import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { mapConcurrently } from "../../../core/map-concurrently.ts";
import { EVENT_TYPES } from "../../../events/types/event-types.ts";
import { DELIVERY_LOCK_MS, LATEST_DELIVERY_LOCK_MS } from "../../../notify/delivery-lock.ts";
import type { Delivery, DeliveryStore } from "../../../notify/stores.ts";
import { type Item, type LedgerTable, parseItem } from "../table.ts";
import { deliveryKey, listRetried } from "./due.ts";
import { markAt } from "./outbox-marks.ts";

const READS_AT_ONCE = 10;

const instant = z.iso.datetime();
const storedSchema = z.object({
  ...{ orderingKey: z.string().min(1), subscriber: z.string().min(1), sent: z.number().int().min(0).default(0) },
  failing: z
    .object({
      ...{
        number: z.number().int().min(1),
        eventId: z.string(),
        type: z.enum(EVENT_TYPES),
        attempts: z.number().int(),
      },
      ...{ since: instant, lastAt: instant, nextAt: instant, problem: z.string() },
    })
    .exactOptional(),
});
const deliveryOf = (item: Item): Delivery => parseItem(storedSchema, item, "a delivery");

/** @throws OffairError `ERR_LEDGER` from every function. */
export function createDeliveryStore(table: LedgerTable): DeliveryStore {
  const { attempt, get, update } = table;
  return {
    async lockDelivery(orderingKey, subscriber, holder, now) {
      const locked = await attempt("be written", (client, TableName) =>
        client.send(
          new UpdateCommand({
            TableName,
            Key: deliveryKey(orderingKey, subscriber),
            UpdateExpression:
              "SET #holder = :holder, #until = :until, #orderingKey = :orderingKey, #subscriber = :subscriber",
            // The holder is this one if the SDK repeated this request after its response was lost.
            ConditionExpression:
              "attribute_not_exists(#holder) OR #until < :now OR #until > :latest OR #holder = :holder",
            ExpressionAttributeNames: {
              ...{ "#holder": "holder", "#until": "until" },
              ...{ "#orderingKey": "orderingKey", "#subscriber": "subscriber" },
            },
            ExpressionAttributeValues: {
              ...{ ":holder": holder, ":until": now.getTime() + DELIVERY_LOCK_MS, ":now": now.getTime() },
              ...{ ":latest": now.getTime() + LATEST_DELIVERY_LOCK_MS },
              ...{ ":orderingKey": orderingKey, ":subscriber": subscriber },
            },
            ReturnValues: "ALL_NEW",
          }),
        ),
      );
      return locked?.Attributes && deliveryOf(locked.Attributes);
    },

    async writeDelivery({ orderingKey, subscriber, sent, failing }, holder, dueAt) {
      return update(deliveryKey(orderingKey, subscriber), {
        set: { sent, writtenBy: holder, ...(failing && { failing }), ...(dueAt && markAt(dueAt)) },
        remove: ["holder", "until", ...(failing ? [] : ["failing"]), ...(dueAt ? [] : ["outbox", "outboxAt"])],
        // It is unlocked already if the SDK repeated this request after its response was lost.
        condition: "#holder = :writtenBy OR (attribute_not_exists(#holder) AND #writtenBy = :writtenBy)",
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
