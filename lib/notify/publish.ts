/**
 * Publishes events of one ordering key: adds those to the log that are not in it yet, in one request. It may be repeated, and run at the same time
 * in several environments: events are added under the numbers after the newest one, on condition that the number is free, and only after a look
 * through the events before it. An environment whose number is taken looks again.
 */
import { CLOCK_MARGIN_MS } from "../core/time.ts";
import type { LoggedEvent, OffairEvent } from "../events/event.ts";
import type { Delivery } from "./records.ts";
import type { Run } from "./run.ts";
import { type LogEnd, MAX_EVENTS_PER_ITEM, type NotifyStore } from "./stores.ts";

/** Events of the log that are read at first. If they do not reach back far enough, four times as many are. */
const PAGE = 20;

export interface ToPublish {
  readonly event: OffairEvent;
  /** Of its item: when it was put into the outbox. */
  readonly since: string;
}

export interface Published {
  /** All of the given events, as they are in the log now. */
  readonly events: readonly LoggedEvent[];
  /** Those that this run has added. */
  readonly own: readonly LoggedEvent[];
  /** By subscriber: deliveries that had everything before `own`, and were nobody's, when the numbers of `own` were free. */
  readonly claims: ReadonlyMap<string, Delivery>;
}

export async function publish(
  { store, states, now }: Pick<Run, "store" | "states" | "now">,
  orderingKey: string,
  given: readonly ToPublish[],
): Promise<Published> {
  const own: LoggedEvent[] = [];
  let claims: Published["claims"] = new Map();
  for (;;) {
    // A subscriber that is new has started before the events are logged, so that it gets them.
    const [{ found, end }] = await Promise.all([findInLog(store, orderingKey, given), states()]);
    const missing = given.filter(({ event }) => !found.has(event.id)).slice(0, MAX_EVENTS_PER_ITEM);
    if (missing.length === 0) return { events: [...found.values()], own, claims };
    const loggedAt = now().toISOString();
    const added = missing.map(({ event }, index) => ({ ...event, number: end.last + 1 + index, loggedAt }));
    if (!(await store.append(added))) continue;
    if (own.length === 0) claims = claimsOf(orderingKey, end, (await states()).keys(), now());
    own.push(...added);
    if (found.size + added.length === given.length) return { events: [...found.values(), ...added], own, claims };
  }
}

/** What has to be locked, or looked through first, is no claim. */
function claimsOf(orderingKey: string, { last, deliveries }: LogEnd, names: Iterable<string>, now: Date) {
  const known = new Map(deliveries.map((each) => [each.subscriber, each]));
  const claims = new Map<string, Delivery>();
  for (const subscriber of names) {
    const { sent, isFailing, lockedUntil } = known.get(subscriber) ?? { sent: 0, isFailing: false };
    const isFree = lockedUntil === undefined || lockedUntil < now;
    if (isFree && sent === last && !isFailing) claims.set(subscriber, { orderingKey, subscriber, sent });
  }
  return claims;
}

/**
 * An event is never logged before it happened. The mark alone would not do: an item that changed again after its event was logged has a newer one.
 */
const notBefore = ({ event, since }: ToPublish): string =>
  new Date(Math.min(Date.parse(event.time), Date.parse(since)) - 2 * CLOCK_MARGIN_MS).toISOString();

/** @returns by id, those of the given events that are in the log; and the end of the log, as it was then. */
async function findInLog(
  store: Pick<NotifyStore, "tail">,
  orderingKey: string,
  given: readonly ToPublish[],
): Promise<{ readonly found: Map<string, LoggedEvent>; readonly end: LogEnd }> {
  let seen = 0;
  for (let limit = PAGE; ; ) {
    const end = await store.tail(orderingKey, limit);
    const { events, last } = end;
    const byId = new Map(events.map((event) => [event.id, event]));
    const found = new Map(given.flatMap(({ event: { id } }) => entryOf(id, byId.get(id))));
    const missing = given.filter(({ event }) => !found.has(event.id));
    if (missing.length === 0) return { found, end };
    // A delivery is ahead of the events: they have expired, or one was added and delivered while they were read. Read again to know.
    if (last > (events[0]?.number ?? 0) && last !== seen) {
      seen = last;
      continue;
    }
    const oldest = events.at(-1);
    if (!oldest || events.length < limit || missing.every((each) => oldest.loggedAt < notBefore(each)))
      return { found, end };
    limit *= 4;
  }
}

const entryOf = <T>(id: string, value: T | undefined): [string, T][] => (value === undefined ? [] : [[id, value]]);
