/** Events and their subscribers, as a response has them. */
import * as z from "zod";
import type { EventType } from "../../events/types/event-types.ts";
import { count, flag, optionalText, text, word } from "./field-schemas.ts";

/**
 * What became of an event for one subscriber. `not-subscribed`: its type is not among those that the subscriber gets, or it was logged before
 * the subscription began. `missed`: it was logged after the subscription ended, and is delivered after a resume.
 */
export type EventDelivery = "delivered" | "waiting" | "failing" | "given-up" | "missed" | "not-subscribed";

const eventRow = z.looseObject({
  /** The event as subscribers receive it. */
  event: z.looseObject({
    id: text,
    type: word<EventType>(),
    time: text,
    subject: optionalText,
    data: z.unknown(),
  }),
  loggedAt: text,
  /** If a subscriber is named. */
  delivery: z
    .looseObject({
      state: word<EventDelivery>(),
      /** Of an event that fails or was given up: since when it was tried, how often, and what happened last. */
      since: optionalText,
      attempts: count.exactOptional(),
      problem: optionalText,
      nextAt: optionalText,
      gaveUpAt: optionalText,
    })
    .exactOptional(),
});

/** `never`: nothing was delivered yet, and nothing failed. */
export type SubscriptionState = "active" | "backing-off" | "ended" | "never";

const replay = z.looseObject({
  id: text,
  since: text,
  until: text,
  by: text,
  askedAt: text,
  reason: text,
  /** How far it is: events that were logged before are done. */
  doneUntil: optionalText,
  sent: count.exactOptional(),
});

const subscriberRow = z.looseObject({
  name: text,
  state: word<SubscriptionState>(),
  /** Without path and query. Of a subscriber of the policy; absent for the bus, and for a subscriber that the policy no longer has. */
  url: optionalText,
  events: z.array(word<EventType>()).exactOptional(),
  since: optionalText,
  lastDeliveredAt: optionalText,
  ended: z
    .looseObject({ at: text, because: word<"gone" | "failing" | "removed">(), missedSince: text })
    .exactOptional(),
  backOff: z.looseObject({ failures: count, since: text, until: text }).exactOptional(),
  /** Events that were logged from `since` on may be missing there still. `until`: it takes events again, and gets what was logged before then. */
  behind: z.looseObject({ since: text, until: optionalText }).exactOptional(),
  resumed: z.looseObject({ at: text, by: text, reason: text }).exactOptional(),
  /** Streams, and types of events without a stream, whose next event fails. */
  failing: count,
  /** Since when the oldest event is tried. */
  oldestFailingSince: optionalText,
  /** What happened at its last attempt. */
  problem: optionalText,
  /** Events of the last 90 days; `givenUpMore`: there are more. */
  givenUp: count,
  givenUpMore: flag.exactOptional(),
  lastGivenUpAt: optionalText,
  /** Those that are not finished. */
  replays: z.array(replay),
});

/** Fields of a response: of `events`, `subscribers`, `replay-events` and `resume-subscriber`. */
export const eventFields = {
  events: z.array(eventRow).exactOptional(),
  subscribers: z.array(subscriberRow).exactOptional(),
  /** What is sent, or would be. */
  replay: z
    .looseObject({
      subscriber: text,
      since: text,
      until: text,
      /** Of a dry run: how many events of the time the subscriber gets; `countMore`: at least so many. */
      count: count.exactOptional(),
      countMore: flag.exactOptional(),
    })
    .exactOptional(),
};
