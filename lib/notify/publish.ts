/**
 * Publishes the events of an item of the outbox: adds those to the log that are not in it yet. It may be repeated, and run at the same time in
 * several environments: an event is added under the number after the newest one, on condition that the number is free, and only after a look
 * through the events before it. An environment whose number is taken looks again.
 */
import { CLOCK_MARGIN_MS } from "../core/time.ts";
import type { LoggedEvent, OffairEvent } from "../events/event.ts";
import type { LogEnds } from "./log-ends.ts";
import type { Run } from "./run.ts";
import type { OutboxItem } from "./stores.ts";

/** Events of the log that are read at first. If they do not reach back far enough, four times as many are. */
const PAGE = 20;

/** @returns the item's events that were not published before, as they are in the log now. */
export async function publish(
  { log, eventsOf, now }: Pick<Run, "log" | "eventsOf" | "now">,
  { item, mark, published }: OutboxItem,
): Promise<LoggedEvent[]> {
  const logged: LoggedEvent[] = [];
  for (const event of eventsOf(item)) {
    if (published.includes(event.id)) continue;
    logged.push(await log.inTurn(event.orderingKey, () => addToLog(log, event, mark, now)));
  }
  return logged;
}

async function addToLog(log: LogEnds, event: OffairEvent, mark: string, now: () => Date): Promise<LoggedEvent> {
  for (;;) {
    const { found, last } = await findInLog(log, event, notBefore(event, mark));
    if (found) return found;
    const logged = { ...event, number: last + 1, loggedAt: now().toISOString() };
    if (await log.append(logged)) return logged;
  }
}

/**
 * An event is never logged before it happened. The mark alone would not do: an item that changed again after its event was logged has a newer one.
 */
const notBefore = ({ time }: OffairEvent, mark: string): string => {
  const happenedMs = Math.min(Date.parse(time), Date.parse(mark.slice(0, mark.indexOf("#"))));
  return new Date(happenedMs - 2 * CLOCK_MARGIN_MS).toISOString();
};

/** @param since - the event cannot have been logged before. @returns the newest number of the key besides. */
async function findInLog(
  log: LogEnds,
  { id, orderingKey }: OffairEvent,
  since: string,
): Promise<{ readonly found?: LoggedEvent; readonly last: number }> {
  let seen = 0;
  for (let limit = PAGE; ; ) {
    const { events, last } = await log.tail(orderingKey, limit);
    const found = events.find((event) => event.id === id);
    if (found) return { found, last };
    // A delivery is ahead of the events: they have expired, or one was added and delivered while they were read. Read again to know.
    if (last > (events[0]?.number ?? 0) && last !== seen) {
      seen = last;
      continue;
    }
    const oldest = events.at(-1);
    if (!oldest || events.length < limit || oldest.loggedAt < since) return { last };
    limit *= 4;
  }
}
