/** The requests about events: the list, the subscribers, sending again, and resuming a subscription that ended. */
import * as z from "zod";
import { instantSchema } from "../../core/instant.ts";
import { streamSchema } from "../../core/stream.ts";
import { EVENT_TYPES } from "../../events/types/event-types.ts";
import { base, change, issue } from "./request-fields.ts";

const DEFAULT_EVENTS = 100;
const MAX_EVENTS = 5_000;

/** A name of the policy, or `bus`. */
const subscriberName = z.string().regex(/^[a-z0-9-]{1,64}$/, "must be the name of a subscriber, or bus");

/** Where a page ended: when its last event was logged, the event's ordering key, and its number. */
const PLACE = /^(\d{4}-\d\d-\d\dT[\d:.]{12}Z) ([\w.-]{1,100}) (\d{1,10})$/;

/** Lists events by the time when they were logged. With `subscriber`, each says what became of it there. */
export const eventsSchema = z
  .strictObject({
    action: z.literal("events"),
    ...base,
    since: instantSchema,
    /** Exclusive; absent: now. */
    until: instantSchema.exactOptional(),
    type: z.enum(EVENT_TYPES).exactOptional(),
    stream: streamSchema.exactOptional(),
    subscriber: subscriberName.exactOptional(),
    order: z.enum(["newest", "oldest"]).default("newest"),
    limit: z.number().int().min(1).max(MAX_EVENTS).default(DEFAULT_EVENTS),
    /** The `next` of the page before. A page may be empty, although more pages follow. */
    after: z.string().regex(PLACE, "must be the next of the page before").exactOptional(),
  })
  .refine(({ since, until }) => until === undefined || since < until, issue("until", "must be later than since"));

export interface EventPlace {
  readonly loggedAt: string;
  readonly orderingKey: string;
  readonly number: number;
}

/** @param after - as `eventsSchema` accepts it. */
export function eventPlaceOf(after: string): EventPlace {
  const [, loggedAt = "", orderingKey = "", number = ""] = PLACE.exec(after) ?? [];
  return { loggedAt, orderingKey, number: Number(number) };
}

export const subscribersSchema = z.strictObject({ action: z.literal("subscribers"), ...base });

/** Sends the events of a time to a subscriber again: those that it took, and those that were given up. The dry run counts them. */
export const replayEventsSchema = z
  .strictObject({
    action: z.literal("replay-events"),
    ...change,
    subscriber: subscriberName,
    since: instantSchema,
    /** Exclusive; absent: the time of the request. */
    until: instantSchema.exactOptional(),
  })
  .refine(({ since, until }) => until === undefined || since < until, issue("until", "must be later than since"));

/** Makes a subscription that ended active again, and delivers what it missed. */
export const resumeSubscriberSchema = z.strictObject({
  action: z.literal("resume-subscriber"),
  ...change,
  subscriber: subscriberName,
});
