/**
 * The ends of the log as one run knows them: read once for each ordering key, and kept up while the run adds events. The events that a run adds to
 * one key are added one after another. What another environment adds meanwhile takes a number, and then the end is read again.
 */
import type { LoggedEvent } from "../events/event.ts";
import type { EventLog } from "./stores.ts";

export interface LogEnds extends Pick<EventLog, "tail" | "append"> {
  /** Runs the work when the work on the same key before it has ended. */
  inTurn<T>(orderingKey: string, work: () => Promise<T>): Promise<T>;
}

export function createLogEnds(log: Pick<EventLog, "tail" | "append">): LogEnds {
  const ends = new Map<string, { readonly limit: number; readonly events: LoggedEvent[]; readonly last: number }>();
  const turns = new Map<string, Promise<unknown>>();

  return {
    async tail(orderingKey, limit) {
      const known = ends.get(orderingKey);
      if (known && known.limit >= limit) return known;
      const { events, last } = await log.tail(orderingKey, limit);
      // Not if a delivery is ahead of the events: it has to be read again what is missing.
      if (last === (events[0]?.number ?? 0)) ends.set(orderingKey, { limit, events, last });
      return { events, last };
    },
    async append(event) {
      const { orderingKey, number } = event;
      const known = ends.get(orderingKey);
      ends.delete(orderingKey);
      if (!(await log.append(event))) return false;
      if (known) ends.set(orderingKey, { ...known, events: [event, ...known.events], last: number });
      return true;
    },
    inTurn(orderingKey, work) {
      const result = (turns.get(orderingKey) ?? Promise.resolve()).then(work);
      turns.set(
        orderingKey,
        result.catch(() => undefined),
      );
      return result;
    },
  };
}
