/** What must hold when the troubles are over, in words: empty if all of it holds. */
import { isDeepStrictEqual } from "node:util";
import type { OffairEvent } from "../../../lib/events/event.ts";
import type { Inbox } from "./inbox.ts";

/** Owed events leave within this time after they were owed, or after the last trouble in between. */
export const WITHIN_MS = 60_000;

/** The receiver has every event of the ledger and no other, and knows of every stream what the ledger says. */
export function compare({ name, arrivals }: Inbox, ledger: readonly OffairEvent[]): string[] {
  const owed = new Map(ledger.map((event) => [event.id, event]));
  const missing = ledger.filter(({ id }) => !arrivals.has(id)).map(({ id, type }) => `${name} lacks ${type} ${id}`);
  const foreign = [...arrivals.values()].flatMap(({ event: { id, type, data } }) =>
    owed.has(id) || isReplaced(id, ledger, data) ? [] : [`${name} got ${type} ${id}, which the ledger does not imply`],
  );
  const received = stateOf([...arrivals.values()].map(({ event }) => ({ ...event, orderingKey: event.orderingkey })));
  const expected = stateOf(ledger);
  const wrong = [...expected].flatMap(([key, state]) => {
    const known = received.get(key);
    if (isDeepStrictEqual(known, state)) return [];
    return [`${name} knows ${JSON.stringify(known)} of ${key}, and it is ${JSON.stringify(state)}`];
  });
  return [...missing, ...foreign, ...wrong];
}

/** A pause that Live's callback shows to be of another push: the ledger has only the newest push, and its event. */
const isReplaced = (id: string, ledger: readonly OffairEvent[], { order, action }: Record<string, unknown>): boolean =>
  action === "pause" &&
  ledger.some((event) => event.id.startsWith(id.split("-").slice(0, 3).join("-")) && event.data.order === order);

/** What a receiver knows that keeps the newest event of each stream. Orders are in the order of their numbers, and so are the events of each. */
function stateOf(events: readonly Pick<OffairEvent, "type" | "orderingKey" | "data">[]): Map<string, unknown> {
  const state = new Map<string, { order: number }>();
  for (const { type, orderingKey, data } of events) {
    if (!/^stream\.(paused|disabled|enabled)$/.test(type)) continue;
    const { action, outcome, until } = data;
    const order = Number(data.order);
    if (order >= (state.get(orderingKey)?.order ?? 0)) {
      const known = { order, action, outcome, ...(until !== undefined && { until }) };
      state.set(orderingKey, known);
    }
  }
  return state;
}

/** @param troubles - when something was killed, lost or refused. */
export const late = (
  { name, arrivals }: Inbox,
  ledger: readonly OffairEvent[],
  troubles: readonly number[],
): string[] =>
  ledger.flatMap(({ id, type, time }) => {
    const arrival = arrivals.get(id);
    const owedMs = Date.parse(time);
    let byMs = owedMs + WITHIN_MS;
    for (const trouble of troubles) if (trouble >= owedMs && trouble <= byMs) byMs = trouble + WITHIN_MS;
    return arrival && arrival.atMs > byMs
      ? [`${name} got ${type} ${id} after ${(arrival.atMs - owedMs) / 1_000} s`]
      : [];
  });

/** How much later than the event bus a subscriber got each event, in milliseconds, ascending. */
export const behindBus = (bus: Inbox, { arrivals }: Inbox): number[] =>
  [...arrivals].map(([id, { atMs }]) => atMs - (bus.arrivals.get(id)?.atMs ?? atMs)).sort((a, b) => a - b);
