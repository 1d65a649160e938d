/** What became of an event for one subscriber. Pure. */
import type { LoggedEvent } from "../../events/event.ts";
import type { Delivery, GivenUp, SubscriberState } from "../../notify/records.ts";
import type { EventRow } from "../contract/response-schema.ts";
import type { Subscriber } from "./deps.ts";

export interface DeliveryFacts {
  /** Of the event's ordering key. Undefined: nothing of it was handed to the subscriber yet. */
  readonly delivery: Delivery | undefined;
  /** If the event was given up. */
  readonly givenUp: GivenUp | undefined;
  /** Undefined: nothing was ever sent to the subscriber. */
  readonly state: SubscriberState | undefined;
  /** Of the policy. Undefined: the bus, which gets every event, or a subscriber that the policy no longer has. */
  readonly subscriber: Subscriber | undefined;
}

export function deliveryOf(
  { type, number, loggedAt }: LoggedEvent,
  { delivery, givenUp, state, subscriber }: DeliveryFacts,
): NonNullable<EventRow["delivery"]> {
  const { sent = 0, failing } = delivery ?? {};
  const isForIt = subscriber === undefined || subscriber.events.includes(type);
  if (!isForIt || (state && loggedAt < state.since)) return { state: "not-subscribed" };
  if (givenUp) {
    const { since, attempts, problem, at } = givenUp;
    return { state: "given-up", since, attempts, problem, gaveUpAt: at };
  }
  if (number <= sent) return { state: "delivered" };
  if (state?.ended && loggedAt >= state.ended.missedSince) return { state: "missed" };
  if (failing?.number !== number) return { state: "waiting" };
  const { since, attempts, problem, nextAt } = failing;
  return { state: "failing", since, attempts, problem, nextAt };
}
