/**
 * Stores the log of events: one partition per ordering key. An event expires after 90 days. It is also in the index `byTime`, in hours of its
 * own, so that no audit exports it: the exports have what the event follows from.
 */
import { isDeepStrictEqual } from "node:util";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import * as z from "zod";
import { DAY_MS } from "../../../core/time.ts";
import type { LoggedEvent } from "../../../events/event.ts";
import { EVENT_TYPES } from "../../../events/types/event-types.ts";
import { type EventLog, LOG_DAYS } from "../../../notify/stores.ts";
import { EVENT_HOURS, readByTime } from "../read-by-time.ts";
import { epochSeconds, type Item, type LedgerTable, parseItem } from "../table.ts";
import { byTime } from "../time-index.ts";
import { EVENT } from "./due.ts";

const PAGE = 100;
/** Deliveries of a key that are read with its events. */
const DELIVERIES = 10;

const N = "N#";
const numberSk = (number: number): string => `${N}${String(number).padStart(10, "0")}`;
const pkOf = (orderingKey: string): string => `${EVENT}${orderingKey}`;

const instant = z.iso.datetime();
const eventSchema: z.ZodType<LoggedEvent> = z.object({
  ...{ id: z.string().min(1), type: z.enum(EVENT_TYPES), time: instant, orderingKey: z.string().min(1) },
  ...{ subject: z.string().exactOptional(), data: z.record(z.string(), z.unknown()) },
  ...{ number: z.number().int().min(1), loggedAt: instant },
});
const eventOf = (item: Item): LoggedEvent => parseItem(eventSchema, item, "an event of the log");
const sentSchema = z.object({ sent: z.number().int().min(0).default(0) });

function toItem(event: LoggedEvent): Item & { pk: string; sk: string } {
  const { hour, at } = byTime(new Date(event.loggedAt));
  const key = { pk: pkOf(event.orderingKey), sk: numberSk(event.number) };
  const expiresAt = epochSeconds(new Date(Date.parse(event.loggedAt) + LOG_DAYS * DAY_MS));
  return { ...key, ...event, hour: `${EVENT_HOURS}${hour}`, at, expiresAt };
}

/** @throws OffairError `ERR_LEDGER` from every function. */
export function createEventLog(dynamo: DynamoDBClient, tableName: string, table: LedgerTable): EventLog {
  const { get, pages: pagesOf, put, query } = table;

  return {
    /** One query: the deliveries come before the newest event, because of their sort keys. They are as many as the subscribers. */
    async tail(orderingKey, limit) {
      const events: LoggedEvent[] = [];
      let last = 0;
      const pages = query({
        KeyConditionExpression: "pk = :pk AND sk >= :first",
        ExpressionAttributeValues: { ":pk": pkOf(orderingKey), ":first": N },
        ...{ ConsistentRead: true, ScanIndexForward: false, Limit: Math.min(limit + DELIVERIES, PAGE) },
      });
      for await (const items of pages) {
        for (const item of items) {
          const event = String(item.sk).startsWith(N) ? eventOf(item) : undefined;
          if (event) events.push(event);
          last = Math.max(last, event?.number ?? parseItem(sentSchema, item, "a delivery").sent);
        }
        if (events.length >= limit) break;
      }
      return { events: events.slice(0, limit), last };
    },
    async after(orderingKey, number, limit) {
      const pk = pkOf(orderingKey);
      const events: LoggedEvent[] = [];
      for await (const items of pagesOf(pk, N, Math.min(limit, PAGE), true, { pk, sk: numberSk(number) })) {
        events.push(...items.map(eventOf));
        if (events.length >= limit) break;
      }
      return events.slice(0, limit);
    },
    async append(event) {
      const item = toItem(event);
      if (await put(item)) return true;
      const stored = await get({ pk: item.pk, sk: item.sk }); // this event, if a request is repeated whose answer was lost
      return stored !== undefined && isDeepStrictEqual(eventOf(stored), eventOf(item));
    },
    async *readByTime(since, until) {
      for await (const item of readByTime(dynamo, tableName, { since, until }, undefined, EVENT_HOURS))
        yield eventOf(item);
    },
  };
}
