/** A store in memory, a clock that stands still until it is moved, and subscribers that answer as a test says. */

import { HOUR_MS, MINUTE_MS } from "../../lib/core/time.ts";
import type { LoggedEvent, OffairEvent } from "../../lib/events/event.ts";
import { eventsOf } from "../../lib/events/events-of.ts";
import { BUS } from "../../lib/events/types/bus.ts";
import type { EventType } from "../../lib/events/types/event-types.ts";
import { type Run, startRun } from "../../lib/notify/run.ts";
import type { SendResult } from "../../lib/notify/send.ts";
import { startSubscriber } from "../../lib/notify/subscriber-health.ts";
import { createNotify } from "../../lib/notify/sweep.ts";
import { NOON } from "../support/fixtures.ts";
import { createMemoryNotifyStore } from "../support/memory-notify-store.ts";

export const KEY = "type.key.blocked";

export const DELIVERED: SendResult = { result: "delivered", tookMs: 1 };
export const GONE: SendResult = { result: "gone", problem: "410" };
export const REFUSED: SendResult = { result: "failed", problem: "422", reached: true };
export const DOWN: SendResult = { result: "failed", problem: "no connection", reached: false };

export const anEvent = (id: string, change: Partial<OffairEvent> = {}): OffairEvent => ({
  ...{ id, type: "key.blocked", time: NOON.toISOString(), orderingKey: KEY, data: {} },
  ...change,
});

export async function createNotifyWorld(events: readonly EventType[] = ["key.blocked", "audit.drift"]) {
  let at = NOON;
  let count = 0;
  const now = () => at;
  const store = createMemoryNotifyStore({ now });
  const sent: string[] = [];
  let answer: (name: string, event: LoggedEvent) => SendResult = () => DELIVERED;
  const deps = {
    ...{ store, eventsOf, now, random: () => 1, subscribers: { shop: { events } } },
    holder: () => `holder-${++count}`,
    send: async (name: string, event: LoggedEvent) => {
      const result = answer(name, event);
      sent.push(`${name} ${event.id}${result.result === "delivered" ? "" : ` ${result.result}`}`);
      return result;
    },
  };
  for (const name of [BUS, "shop"])
    await store.replaceSubscriber(startSubscriber(name, new Date(NOON.getTime() - HOUR_MS)), undefined);
  return {
    ...{ store, deps, sent },
    notify: createNotify(deps),
    run: (): Run => startRun(deps, 3_000, new Date(at.getTime() + 10_000)),
    wait: (ms: number) => {
      at = new Date(at.getTime() + ms);
    },
    answers: (next: typeof answer) => {
      answer = next;
    },
    /** Adds events to the log, under the next numbers of their keys: a minute ago, so that their logger has left them to others. */
    async log(...added: readonly OffairEvent[]): Promise<void> {
      for (const event of added) {
        const number = (await store.tail(event.orderingKey, 1)).last + 1;
        await store.append([{ ...event, number, loggedAt: new Date(at.getTime() - MINUTE_MS).toISOString() }]);
      }
    },
    shop: async () => (await store.readSubscriber("shop"))?.state,
  };
}
