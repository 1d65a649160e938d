/** Wrong ways to deliver events. The stories of model.test.ts have to find each. */
import type { LoggedEvent, OffairEvent } from "../../../lib/events/event.ts";
import type { Delivery } from "../../../lib/notify/records.ts";
import type { NotifyDeps } from "../../../lib/notify/run.ts";
import type { NotifyStore } from "../../../lib/notify/stores.ts";
import type { Saboteur } from "./world.ts";

const withStore =
  (change: (store: NotifyStore, deps: NotifyDeps) => Partial<NotifyStore>): Saboteur =>
  (deps) => ({ ...deps, store: { ...deps.store, ...change(deps.store, deps) } });

let ids = 0;
/** Events are in the log as somebody else's, so that nobody finds an own one there. */
const unknown = <T extends OffairEvent>(event: T): T => ({ ...event, id: `unknown-${event.id}` });

/** Of a lock that another environment has. */
const NOT_OURS = Number.MAX_SAFE_INTEGER;

const contentOf = ({ number: _, ...content }: LoggedEvent) => content;

/** With what the judge says of it. */
export const SABOTAGES: Readonly<Record<string, readonly [Saboteur, RegExp]>> = {
  "removes an item from the outbox before its events are published": [
    withStore((store, { eventsOf }) => ({
      async readOutbox(key) {
        const items = await store.readOutbox(key);
        for (const item of items)
          await store.removeFromOutbox(
            item,
            eventsOf(item.item).map(({ id }) => id),
          );
        return items;
      },
      removeFromOutbox: async () => true,
    })),
    /is not in the log/,
  ],
  "publishes without a look at what is in the log": [
    withStore((store) => ({
      tail: async (orderingKey, limit) => {
        const end = await store.tail(orderingKey, limit);
        return { ...end, events: end.events.map(unknown) };
      },
    })),
    /in the log twice/,
  ],
  "gives an event another id each time": [
    (deps) => ({
      ...deps,
      eventsOf: (item) => deps.eventsOf(item).map((event) => ({ ...event, id: `${event.id}-${++ids}` })),
    }),
    /is not in the log/,
  ],
  "counts an event as delivered before its answer": [
    (deps) => ({
      ...deps,
      async send(...given) {
        void deps.send(...given);
        return { result: "delivered", tookMs: 0 };
      },
    }),
    /lacks/,
  ],
  "takes a locked delivery for a done one": [
    withStore((store) => ({
      lockDelivery: async (orderingKey, subscriber, holder, now): Promise<Delivery> =>
        (await store.lockDelivery(orderingKey, subscriber, holder, now)) ?? { orderingKey, subscriber, sent: NOT_OURS },
      writeDelivery: async (delivery, how) =>
        delivery.sent === NOT_OURS ? { isAsked: false } : store.writeDelivery(delivery, how),
    })),
    /lacks/,
  ],
  "publishes newer orders first": [
    withStore((store) => ({
      append: (events) =>
        store.append(events.map((event, index) => ({ ...event, ...contentOf(events.at(-1 - index) ?? event) }))),
    })),
    /in the log after order/,
  ],
  "does not look again when another environment has asked for it": [
    withStore((store) => ({
      writeDelivery: async (...given) => (await store.writeDelivery(...given)) && { isAsked: false },
    })),
    /only after/,
  ],
  "sweeps nothing": [withStore(() => ({ listDue: async () => [] })), /is not in the log/],
  "forgets what was held back": [
    withStore((store) => ({
      replaceSubscriber: ({ behind: _, ...state }, before) => store.replaceSubscriber(state, before),
    })),
    /hostile lacks/,
  ],
  "sends one event at a time, whoever it is for": [
    (deps) => {
      let last: Promise<unknown> = Promise.resolve();
      return {
        ...deps,
        send(...given) {
          const answer = last.then(() => deps.send(...given));
          last = answer;
          return answer;
        },
      };
    },
    /only after/,
  ],
};
