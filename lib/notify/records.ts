/** What is stored of subscribers, deliveries and replays. Times are RFC 3339, UTC. */
import * as z from "zod";
import { EVENT_TYPES } from "../events/types/event-types.ts";

const instant = z.iso.datetime();
const text = z.string().min(1);

/** An event that a subscriber did not take. */
const failedSchema = z.object({
  number: z.number().int().min(1),
  eventId: text,
  type: z.enum(EVENT_TYPES),
  attempts: z.number().int(),
  /** When it was tried first. */
  since: instant,
  /** What happened: never the receiver's text. */
  problem: z.string(),
});

/** What was delivered of one ordering key to one subscriber. */
export const deliverySchema = z.object({
  orderingKey: text,
  subscriber: text,
  /** The number up to which everything is delivered, given up or not subscribed to. 0 at first. */
  sent: z.number().int().min(0).default(0),
  /** Set while the event after `sent` is being retried. `lastAt`: when it was tried last. */
  failing: failedSchema.extend({ lastAt: instant, nextAt: instant }).exactOptional(),
});
export type Delivery = Readonly<z.infer<typeof deliverySchema>>;
export type Failing = Readonly<NonNullable<Delivery["failing"]>>;

/** An event that was given up for one subscriber: after three days, or because the subscriber never takes it. Kept for 90 days. */
export const givenUpSchema = failedSchema.extend({ subscriber: text, orderingKey: text, at: instant });
export type GivenUp = Readonly<z.infer<typeof givenUpSchema>>;

/** The state of a subscriber. The bus is the subscriber `bus`; the others are in the policy. */
export const subscriberStateSchema = z.object({
  name: text,
  /** Events that were logged before are not delivered to it. */
  since: instant,
  lastDeliveredAt: instant.exactOptional(),
  /** `missedSince`: since when events are missing: those that were logged from then on are delivered after a resume. */
  ended: z
    .object({ at: instant, because: z.enum(["gone", "failing", "removed"]), missedSince: instant })
    .exactOptional(),
  /**
   * Failures in a row, since when. From the third on the subscriber as a whole counts as down: nothing is sent to it before `until`, and then
   * one event first (subscriber-health.ts).
   */
  backOff: z.object({ failures: z.number().int(), since: instant, until: instant }).exactOptional(),
  /**
   * Events that were logged from `since` on may have been held back, while the subscriber was down or ended: each sweep delivers some of them
   * (catch-up.ts). `until` is set once the subscriber takes events again: what was logged later is not held back.
   */
  behind: z.object({ since: instant, until: instant.exactOptional() }).exactOptional(),
  resumed: z.object({ at: instant, by: z.string(), reason: z.string() }).exactOptional(),
});
export type SubscriberState = Readonly<z.infer<typeof subscriberStateSchema>>;

/** A request of a person to send events again, carried out in parts. */
export const replaySchema = z.object({
  id: text,
  subscriber: text,
  since: instant,
  until: instant,
  by: z.string(),
  askedAt: instant,
  reason: z.string(),
  /** How far it is: events that were logged before are done. */
  doneUntil: instant.exactOptional(),
  sent: z.number().int().exactOptional(),
  finishedAt: instant.exactOptional(),
});
export type Replay = Readonly<z.infer<typeof replaySchema>>;
