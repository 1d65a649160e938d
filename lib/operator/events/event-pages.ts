/**
 * Reads one page of the log of events by time, in either direction. The log is read hour by hour: the hours that are needed for a page are few if
 * there are many events, and several are read at a time while there are few.
 */
import { mapConcurrently } from "../../core/map-concurrently.ts";
import { HOUR_MS } from "../../core/time.ts";
import type { LoggedEvent } from "../../events/event.ts";
import type { EventLog } from "../../notify/stores.ts";
import type { EventPlace } from "../contract/event-requests.ts";

/** Hours that are read at a time, while they have few events. */
const WIDEST = 16;
/** Events of one reading up to which the next one is wider. */
const FEW = 500;

export interface EventPageAsked {
  readonly since: Date;
  /** Exclusive. */
  readonly until: Date;
  readonly order: "newest" | "oldest";
  readonly limit: number;
  /** Where the page before ended. */
  readonly after?: EventPlace | undefined;
  readonly isWanted: (event: LoggedEvent) => boolean;
  /** Ends a page that has few events, because few are wanted. */
  readonly timeIsUp: () => boolean;
}

export interface EventPage {
  readonly events: readonly LoggedEvent[];
  /** Where this page ended; absent if nothing is left. */
  readonly next?: EventPlace;
}

export async function readEventPage(asked: EventPageAsked, readByTime: EventLog["readByTime"]): Promise<EventPage> {
  const { order, limit, after, isWanted, timeIsUp } = asked;
  const isNewest = order === "newest";
  const direction = isNewest ? -1 : 1;
  const compare = (a: EventPlace, b: EventPlace): number => direction * comparePlaces(a, b);
  const span = from(asked);
  const events: LoggedEvent[] = [];
  let width = 1;
  for (let left = span; left.since < left.until; ) {
    const { hours, rest } = takeHours(left, width, isNewest);
    const read = await mapConcurrently(hours, WIDEST, (hour) => collect(hour, readByTime));
    for (const event of read.flat().sort(compare)) {
      if ((after && compare(event, after) <= 0) || !isWanted(event)) continue;
      const last = events.at(-1);
      if (events.length === limit && last) return { events, next: placeOf(last) };
      events.push(event);
    }
    left = rest;
    if (left.since < left.until && timeIsUp()) return { events, next: boundary(left, isNewest) };
    width = read.flat().length <= FEW ? Math.min(WIDEST, width * 2) : 1;
  }
  return { events };
}

interface Span {
  readonly since: number;
  /** Exclusive. */
  readonly until: number;
}

/** What the pages before have left. */
function from({ since, until, order, after }: EventPageAsked): Span {
  const whole = { since: since.getTime(), until: until.getTime() };
  if (!after) return whole;
  const at = Date.parse(after.loggedAt);
  return order === "newest"
    ? { ...whole, until: Math.min(whole.until, at + 1) }
    : { ...whole, since: Math.max(whole.since, at) };
}

/** Cuts hours off one end, at full hours. */
function takeHours({ since, until }: Span, width: number, isNewest: boolean): { hours: Span[]; rest: Span } {
  const hours: Span[] = [];
  let [low, high] = [since, until];
  for (let count = 0; count < width && low < high; count++) {
    if (isNewest) {
      const begin = Math.max(low, (Math.ceil(high / HOUR_MS) - 1) * HOUR_MS);
      hours.push({ since: begin, until: high });
      high = begin;
    } else {
      const end = Math.min(high, (Math.floor(low / HOUR_MS) + 1) * HOUR_MS);
      hours.push({ since: low, until: end });
      low = end;
    }
  }
  return { hours, rest: { since: low, until: high } };
}

/** @returns the events of exactly this span: `readByTime` includes both ends. */
async function collect({ since, until }: Span, readByTime: EventLog["readByTime"]): Promise<LoggedEvent[]> {
  const events: LoggedEvent[] = [];
  for await (const event of readByTime(new Date(since), new Date(until - 1))) events.push(event);
  return events;
}

const placeOf = ({ loggedAt, orderingKey, number }: EventPlace): EventPlace => ({ loggedAt, orderingKey, number });

/** A place before or after every event of its time, so that none is left out or repeated. */
const boundary = ({ since, until }: Span, isNewest: boolean): EventPlace => ({
  loggedAt: new Date(isNewest ? until - 1 : since).toISOString(),
  orderingKey: isNewest ? LAST_KEY : FIRST_KEY,
  number: 0,
});
/** Ordering keys begin with a letter in lower case. */
const FIRST_KEY = "-";
const LAST_KEY = "zz";

export function comparePlaces(a: EventPlace, b: EventPlace): number {
  if (a.loggedAt !== b.loggedAt) return a.loggedAt < b.loggedAt ? -1 : 1;
  if (a.orderingKey !== b.orderingKey) return a.orderingKey < b.orderingKey ? -1 : 1;
  return a.number - b.number;
}
