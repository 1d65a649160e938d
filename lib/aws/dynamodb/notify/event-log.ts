/**
 * Stores the log of events: one partition per ordering key. Events that were added together are one item, with the number of the first as its sort
 * key. It expires after 90 days. It is also in the index `byTime`, in hours of its own, so that no audit exports it: the exports have what the
 * events follow from.
 */
import { isDeepStrictEqual } from "node:util";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import * as z from "zod";
import { definedOnly } from "../../../core/defined-only.ts";
import { DAY_MS } from "../../../core/time.ts";
import type { LoggedEvent } from "../../../events/event.ts";
import { EVENT_TYPES } from "../../../events/types/event-types.ts";
import { type EventLog, LOG_DAYS, type LogEnd, MAX_EVENTS_PER_ITEM } from "../../../notify/stores.ts";
import { EVENT_HOURS, readByTime } from "../read-by-time.ts";
import { epochSeconds, type Item, type LedgerTable, parseItem } from "../table.ts";
import { byTime } from "../time-index.ts";
import { endOfDelivery } from "./deliveries.ts";
import { EVENT } from "./due.ts";

const PAGE = 100;
/** Deliveries of a key that are read with its events. */
const DELIVERIES = 10;

const N = "N#";
const numberSk = (number: number): string => `${N}${String(number).padStart(10, "0")}`;
const pkOf = (orderingKey: string): string => `${EVENT}${orderingKey}`;

const instant = z.iso.datetime();
const entrySchema = z.object({
  ...{ orderingKey: z.string().min(1), number: z.number().int().min(1), loggedAt: instant },
  events: z
    .array(
      z.object({
        ...{ id: z.string().min(1), type: z.enum(EVENT_TYPES), time: instant },
        ...{ subject: z.string().exactOptional(), data: z.record(z.string(), z.unknown()) },
      }),
    )
    .min(1)
    .max(MAX_EVENTS_PER_ITEM),
});

/** @returns the events of an item, in order. */
function eventsOf(item: Item): LoggedEvent[] {
  const { orderingKey, number, loggedAt, events } = parseItem(entrySchema, item, "an entry of the log of events");
  return events.map((event, index) => ({ ...event, orderingKey, number: number + index, loggedAt }));
}

function toItem(logged: readonly LoggedEvent[]): Item & { pk: string; sk: string } {
  const [first] = logged;
  if (!first) throw new Error("there is no event to add");
  const { orderingKey, number, loggedAt } = first;
  const { hour, at } = byTime(new Date(loggedAt));
  const expiresAt = epochSeconds(new Date(Date.parse(loggedAt) + LOG_DAYS * DAY_MS));
  const events = logged.map(({ id, type, time, subject, data }) => definedOnly({ id, type, time, subject, data }));
  return {
    ...{ pk: pkOf(orderingKey), sk: numberSk(number), orderingKey, number, loggedAt, events },
    ...{ hour: `${EVENT_HOURS}${hour}`, at, expiresAt },
  };
}

/** @throws OffairError `ERR_LEDGER` from every function. */
export function createEventLog(dynamo: DynamoDBClient, tableName: string, table: LedgerTable): EventLog {
  const { get, pages: pagesOf, put, query } = table;

  return {
    /** One query: the deliveries come before the newest event, because of their sort keys. They are as many as the subscribers. */
    async tail(orderingKey, limit) {
      const events: LoggedEvent[] = [];
      const deliveries: LogEnd["deliveries"][number][] = [];
      const pages = query({
        KeyConditionExpression: "pk = :pk AND sk >= :first",
        ExpressionAttributeValues: { ":pk": pkOf(orderingKey), ":first": N },
        ...{ ConsistentRead: true, ScanIndexForward: false, Limit: Math.min(limit + DELIVERIES, PAGE) },
      });
      for await (const items of pages) {
        for (const item of items) {
          if (String(item.sk).startsWith(N)) events.push(...eventsOf(item).toReversed());
          else deliveries.push(endOfDelivery(item));
        }
        if (events.length >= limit) break;
      }
      const last = Math.max(0, events[0]?.number ?? 0, ...deliveries.map(({ sent }) => sent));
      return { events: events.slice(0, limit), last, deliveries };
    },
    /** Begins early enough for an item that has the next event besides earlier ones. */
    async after(orderingKey, number, limit) {
      const pk = pkOf(orderingKey);
      const events: LoggedEvent[] = [];
      const start = { pk, sk: numberSk(Math.max(0, number + 1 - MAX_EVENTS_PER_ITEM)) };
      for await (const items of pagesOf(pk, N, Math.min(limit + MAX_EVENTS_PER_ITEM, PAGE), true, start)) {
        events.push(...items.flatMap(eventsOf).filter((event) => event.number > number));
        if (events.length >= limit) break;
      }
      return events.slice(0, limit);
    },
    async append(events) {
      const item = toItem(events);
      if (await put(item)) return true;
      const stored = await get({ pk: item.pk, sk: item.sk }); // these events, if a request is repeated whose answer was lost
      return stored !== undefined && isDeepStrictEqual(eventsOf(stored), eventsOf(item));
    },
    async *readByTime(since, until) {
      for await (const item of readByTime(dynamo, tableName, { since, until }, undefined, EVENT_HOURS))
        yield* eventsOf(item);
    },
  };
}
