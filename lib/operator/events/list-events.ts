/** `events`: lists events by the time when they were logged, and for one subscriber what became of each. */
import { mapConcurrently } from "../../core/map-concurrently.ts";
import type { Stream } from "../../core/stream.ts";
import { SECOND_MS } from "../../core/time.ts";
import type { LoggedEvent } from "../../events/event.ts";
import { orderingKeyOf } from "../../events/make-event.ts";
import type { EventLog } from "../../notify/stores.ts";
import { fitting, MAX_LIVE_BYTES } from "../../plans/response-size.ts";
import { type EventPlace, eventPlaceOf } from "../contract/event-requests.ts";
import type { EventOf } from "../contract/request.ts";
import { refused } from "../contract/response.ts";
import type { EventRow, OperatorResponse } from "../contract/response-schema.ts";
import { type EventDeps, isSubscriber, NO_SUBSCRIBER } from "./deps.ts";
import { deliveryOf } from "./event-delivery.ts";
import { readEventPage } from "./event-pages.ts";

/** Of the 29 s that the function has. */
const LISTING_MS = 15 * SECOND_MS;
/** Deliveries that are read at a time. */
const CONCURRENCY = 20;
/** Events that were given up are few: each was tried for three days. */
const MAX_GIVEN_UP = 1_000;
/** Events of one stream that are read at a time. */
const LOG_PAGE = 1_000;

export async function listEvents(event: EventOf<"events">, deps: EventDeps): Promise<OperatorResponse> {
  const { since, until, type, stream, subscriber, order, limit, after } = event;
  const { store, now } = deps;
  const state = subscriber === undefined ? undefined : (await store.readSubscriber(subscriber))?.state;
  if (subscriber !== undefined && !state && !isSubscriber(subscriber, deps)) return refused([NO_SUBSCRIBER]);
  const endsAtMs = now().getTime() + LISTING_MS;
  const page = await readEventPage(
    {
      ...{ since: new Date(since), until: until === undefined ? now() : new Date(until), order, limit },
      after: after === undefined ? undefined : eventPlaceOf(after),
      isWanted: (each) => type === undefined || each.type === type,
      timeIsUp: () => now().getTime() >= endsAtMs,
    },
    stream === undefined ? store.readByTime : await readLogOf(stream, store),
  );
  const deliveries = subscriber === undefined ? undefined : await readDeliveries(subscriber, page.events, deps);
  const rows = page.events.map((each): EventRow => {
    const { loggedAt } = each;
    if (!deliveries) return { event: deps.asSent(each), loggedAt };
    return { event: deps.asSent(each), loggedAt, delivery: deliveryOf(each, { ...deliveries(each), state }) };
  });
  const events = fitting(rows, MAX_LIVE_BYTES);
  const next = events.length < rows.length ? page.events[events.length - 1] : page.next;
  return { ok: true, results: [], errors: [], events, ...(next && { next: placeText(next) }) };
}

const placeText = ({ loggedAt, orderingKey, number }: EventPlace): string => `${loggedAt} ${orderingKey} ${number}`;

/** Reads the log of one stream, which is far shorter than the log of all events in the time. */
async function readLogOf(stream: Stream, log: Pick<EventLog, "after">): Promise<EventLog["readByTime"]> {
  const orderingKey = orderingKeyOf(stream);
  const events: LoggedEvent[] = [];
  for (;;) {
    const page = await log.after(orderingKey, events.at(-1)?.number ?? 0, LOG_PAGE);
    events.push(...page);
    if (page.length < LOG_PAGE) break;
  }
  return async function* (since, until) {
    for (const event of events) {
      const at = Date.parse(event.loggedAt);
      if (at >= since.getTime() && at <= until.getTime()) yield event;
    }
  };
}

async function readDeliveries(name: string, events: readonly LoggedEvent[], { store, subscribers }: EventDeps) {
  const keys = [...new Set(events.map(({ orderingKey }) => orderingKey))];
  const [deliveries, givenUp] = await Promise.all([
    mapConcurrently(keys, CONCURRENCY, (key) => store.readDelivery(key, name)),
    store.listGivenUp(name, MAX_GIVEN_UP),
  ]);
  const byKey = new Map(keys.map((key, index) => [key, deliveries[index]]));
  const byId = new Map(givenUp.map((each) => [each.eventId, each]));
  const subscriber = Object.hasOwn(subscribers, name) ? subscribers[name] : undefined;
  return ({ id, orderingKey }: LoggedEvent) => ({
    ...{ delivery: byKey.get(orderingKey), givenUp: byId.get(id), subscriber },
  });
}
