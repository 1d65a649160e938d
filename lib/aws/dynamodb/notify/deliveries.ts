/** Stores what was delivered of each ordering key to each subscriber, beside the events of the key, with a lock. */
import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { mapConcurrently } from "../../../core/map-concurrently.ts";
import { EVENT_TYPES } from "../../../events/types/event-types.ts";
import { DELIVERY_LOCK_MS, LATEST_DELIVERY_LOCK_MS } from "../../../notify/delivery-lock.ts";
import type { Delivery, DeliveryStore, LogEnd } from "../../../notify/stores.ts";
import { type Item, type LedgerTable, parseItem } from "../table.ts";
import { deliveryKey, listRetried } from "./due.ts";
import { markAt } from "./outbox-marks.ts";

const READS_AT_ONCE = 10;

/** Rounds in which the lock was taken, and was free when its holder was to be asked. */
const ROUNDS = 3;

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

const endSchema = z.object({
  ...storedSchema.pick({ subscriber: true, sent: true }).shape,
  until: z.number().exactOptional(),
});

/** No more than the log needs: one retry that cannot be read delays no other subscriber. */
export function endOfDelivery(item: Item): LogEnd["deliveries"][number] {
  const { until, ...end } = parseItem(endSchema, item, "a delivery");
  return { ...end, isFailing: "failing" in item, ...(until !== undefined && { lockedUntil: new Date(until) }) };
}

/** That `sent` is what it was. */
const isUnchanged = (before: number): string =>
  before === 0 ? "(attribute_not_exists(#sent) OR #sent = :before)" : "#sent = :before";

/** @throws OffairError `ERR_LEDGER` from every function. */
export function createDeliveryStore(table: LedgerTable): DeliveryStore {
  const { attempt, get } = table;

  /** @returns the attributes that the request asks for; undefined if the condition did not hold. */
  const change = async (
    { orderingKey, subscriber }: Pick<Delivery, "orderingKey" | "subscriber">,
    UpdateExpression: string,
    ConditionExpression: string,
    values: Readonly<Record<string, unknown>>,
    ReturnValues: "ALL_NEW" | "ALL_OLD" = "ALL_OLD",
  ): Promise<Item | undefined> => {
    const names = new Set(
      [...`${UpdateExpression} ${ConditionExpression}`.matchAll(/#(\w+)/g)].map(([, name]) => name),
    );
    const written = await attempt("be written", (client, TableName) =>
      client.send(
        new UpdateCommand({
          ...{
            TableName,
            Key: deliveryKey(orderingKey, subscriber),
            UpdateExpression,
            ConditionExpression,
            ReturnValues,
          },
          ExpressionAttributeNames: Object.fromEntries([...names].map((name) => [`#${name}`, String(name)])),
          ExpressionAttributeValues: values,
        }),
      ),
    );
    return written && (written.Attributes ?? {});
  };

  return {
    async lockDelivery(orderingKey, subscriber, holder, now, asks = false) {
      const delivery = { orderingKey, subscriber };
      for (let round = 0; ; round++) {
        const locked = await change(
          delivery,
          "SET #holder = :holder, #until = :until, #orderingKey = :orderingKey, #subscriber = :subscriber",
          "attribute_not_exists(#holder) OR #until < :now OR #until > :latest OR #holder = :holder",
          {
            ...{ ":holder": holder, ":until": now.getTime() + DELIVERY_LOCK_MS, ":now": now.getTime() },
            ...{ ":latest": now.getTime() + LATEST_DELIVERY_LOCK_MS },
            ...{ ":orderingKey": orderingKey, ":subscriber": subscriber },
          },
          "ALL_NEW",
        );
        if (locked) return deliveryOf(locked);
        if (!asks || round === ROUNDS) return undefined;
        // Its holder sees it when it unlocks. If nobody has the lock by now, it is tried again.
        const ask = "SET #asked = #holder";
        if (await change(delivery, ask, "attribute_exists(#holder) AND #holder <> :holder", { ":holder": holder }))
          return undefined;
      }
    },

    async writeDelivery(delivery, { before, holder, isLocked, dueAt }) {
      const { orderingKey, subscriber, sent, failing } = delivery;
      const set = {
        orderingKey,
        subscriber,
        sent,
        writtenBy: holder,
        ...(failing && { failing }),
        ...(dueAt && markAt(dueAt)),
      };
      const removed = [
        ...["asked", ...(isLocked ? ["holder", "until"] : [])],
        ...[...(failing ? [] : ["failing"]), ...(dueAt ? [] : ["outbox", "outboxAt"])],
      ];
      // The writer is this one if the SDK repeated this request after its response was lost.
      const written = await change(
        delivery,
        `SET ${Object.keys(set)
          .map((name) => `#${name} = :${name}`)
          .join(", ")} REMOVE ${removed.map((name) => `#${name}`).join(", ")}`,
        `${isLocked ? "#holder = :writtenBy AND " : ""}${isUnchanged(before)} OR #writtenBy = :writtenBy`,
        { ...Object.fromEntries(Object.entries(set).map(([name, value]) => [`:${name}`, value])), ":before": before },
      );
      return written && { isAsked: written.asked !== undefined };
    },

    async unlockDelivery(delivery, holder, asks) {
      const isNotAsked = "(attribute_not_exists(#asked) OR #asked <> :holder)";
      const unlocked = await change(
        delivery,
        `${asks ? "SET #asked = :logger " : ""}REMOVE #holder, #until`,
        `#holder = :holder AND ${isUnchanged(delivery.sent)} AND ${isNotAsked}`,
        { ":holder": holder, ":before": delivery.sent, ...(asks && { ":logger": "logger" }) },
      );
      return unlocked !== undefined;
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
