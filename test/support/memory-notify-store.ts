/**
 * The stores of the delivery of events in memory, told as plainly as they can be, and the ledger's items that give events. The contract of
 * test/notify/notify-store-contract.ts runs for this one and for the one on DynamoDB.
 */
import { isDeepStrictEqual } from "node:util";
import { DAY_MS } from "../../lib/core/time.ts";
import type { LoggedEvent } from "../../lib/events/event.ts";
import type { LedgerItem } from "../../lib/events/ledger-item.ts";
import { DELIVERY_LOCK_MS, LATEST_DELIVERY_LOCK_MS } from "../../lib/notify/delivery-lock.ts";
import type { Delivery } from "../../lib/notify/records.ts";
import { type Due, type ItemKey, MAX_PUBLISHED, type NotifyStore, type OutboxItem } from "../../lib/notify/stores.ts";
import { type Order, reportOf } from "../../lib/orders/order.ts";
import type { BatchResult } from "../../lib/plans/batch-result.ts";
import { createLaggingIndex } from "./lagging-index.ts";
import { createMemorySubscribers } from "./memory-subscribers.ts";
import { keyOf, type OutboxWriter, padded, type Written } from "./written-items.ts";

export type { Written };

export interface MemoryNotifyStore extends NotifyStore, OutboxWriter {
  /** What DynamoDB's TTL does 90 days after an event was logged, at once or days later. */
  expireEvents(now: Date): void;
  /** The log of a key, in order. */
  log(orderingKey: string): LoggedEvent[];
  orderingKeys(): string[];
}

export interface MemoryNotifyOptions {
  readonly now: () => Date;
  /** How long the index is behind, in milliseconds: asked at every change. */
  readonly lagMs?: () => number;
}

interface Item {
  readonly written: Written;
  readonly mark?: string;
  readonly published: readonly string[];
}

interface StoredDelivery {
  readonly delivery: Delivery;
  readonly holder?: string;
  readonly until?: number;
  readonly writtenBy?: string;
  readonly asked?: string;
}
const unlocked = ({ holder: _, until: __, ...rest }: StoredDelivery): StoredDelivery => rest;

const endOf = ({ subscriber, sent, failing }: Delivery, until: number | undefined) => ({
  ...{ subscriber, sent, isFailing: failing !== undefined },
  ...(until !== undefined && { lockedUntil: new Date(until) }),
});

/** As it comes back from a store: nobody's object but the reader's, and without what is undefined. */
const stored = <T>(value: T): T => JSON.parse(JSON.stringify(value));
const nameOf = ({ pk, sk }: ItemKey): string => `${pk} ${sk}`;

const deliveryKey = (orderingKey: string, subscriber: string): ItemKey => ({
  pk: `EVENT#${orderingKey}`,
  sk: `TO#${subscriber}`,
});
export function createMemoryNotifyStore({ now, lagMs = () => 0 }: MemoryNotifyOptions): MemoryNotifyStore {
  const items = new Map<string, Item>();
  const results = new Map<string, BatchResult[]>();
  const logs = new Map<string, LoggedEvent[]>();
  const lastNumbers = new Map<string, number>();
  const deliveries = new Map<string, StoredDelivery>();
  const outbox = createLaggingIndex<Due>({ now, lagMs });
  const byTime = createLaggingIndex<LoggedEvent>({ now, lagMs });
  let writes = 0;

  const markAt = (at: Date): string => `${at.toISOString()}#${padded(++writes)}`;
  const setItem = (key: ItemKey, item: Item): void => {
    items.set(nameOf(key), item);
    outbox.set(nameOf(key), item.mark === undefined ? undefined : { at: item.mark, value: { kind: "item", key } });
  };
  const find = <K extends Written["kind"]>(key: ItemKey, kind: K): Extract<Written, { kind: K }> | undefined => {
    const written = items.get(nameOf(key))?.written;
    return written?.kind === kind ? (stored(written) as Extract<Written, { kind: K }>) : undefined;
  };

  function ordersOf(pk: string): { key: ItemKey; order: Order }[] {
    const prefix = `${pk} ORDER#`;
    return [...items.keys()]
      .filter((name) => name.startsWith(prefix))
      .sort()
      .flatMap((name) => {
        const key = { pk, sk: name.slice(pk.length + 1) };
        const found = find(key, "order");
        return found ? [{ key, order: found.order }] : [];
      });
  }

  /** What the item's events need besides it. */
  function completed(key: ItemKey, written: Written): LedgerItem {
    if (written.kind === "plan-state") {
      const head = find({ pk: `OPERATOR#${written.orderId}`, sk: "PLAN" }, "plan");
      if (!head) throw new Error(`there is no plan ${written.orderId}`);
      const isOnStreams = written.state.applied !== undefined && head.plan.action !== "reject";
      const ended = isOnStreams ? (results.get(written.orderId) ?? []) : [];
      return stored({ kind: "plan-state", plan: head.plan, state: written.state, results: ended });
    }
    if (written.kind !== "order") return stored(written);
    const earlier = ordersOf(key.pk).filter(({ order }) => order.number < written.order.number);
    const cause = reportOf(written.order);
    const report = cause === undefined ? undefined : find({ pk: `REPORT#${cause}`, sk: "REPORT" }, "report")?.report;
    return stored({
      kind: "order",
      order: written.order,
      earlier: earlier.map(({ order }) => order).reverse(),
      ...(report && { report }),
    });
  }

  const read = (key: ItemKey): OutboxItem[] => {
    const item = items.get(nameOf(key));
    if (item?.mark === undefined) return [];
    return [{ key, item: completed(key, item.written), mark: item.mark, published: [...item.published] }];
  };

  return {
    async write(item, marked = true) {
      const key = keyOf(item);
      const before = items.get(nameOf(key));
      const mark = marked ? markAt(now()) : before?.mark;
      setItem(key, { written: stored(item), published: before?.published ?? [], ...(mark !== undefined && { mark }) });
      return key;
    },
    async writeResult(orderId, result) {
      results.set(
        orderId,
        [...(results.get(orderId) ?? []), stored(result)].sort((a, b) => a.index - b.index),
      );
    },
    expireEvents(at) {
      const isKept = ({ loggedAt }: LoggedEvent) => Date.parse(loggedAt) + 90 * DAY_MS > at.getTime();
      for (const [key, log] of logs) {
        for (const { number } of log.filter((event) => !isKept(event))) byTime.set(`${key} ${number}`, undefined);
        logs.set(key, log.filter(isKept));
      }
    },
    log: (orderingKey) => stored(logs.get(orderingKey) ?? []),
    orderingKeys: () => [...logs.keys()],

    listDue: async (at, limit) =>
      outbox
        .entries()
        .filter(({ at: dueAt }) => dueAt <= `${at.toISOString()}~`)
        .slice(0, limit)
        .map(({ value }) => stored(value)),
    async readOutbox(key) {
      if (key.pk === "CONTROL" && read(key).length > 0) {
        const names = [...items.keys()].filter((name) => name.startsWith("CONTROL CHANGE#") && name <= nameOf(key));
        return names.sort().flatMap((name) => read({ pk: key.pk, sk: name.slice(key.pk.length + 1) }));
      }
      if (!key.pk.startsWith("STREAM#")) return read(key);
      if (read(key).length === 0) return [];
      return ordersOf(key.pk).flatMap(({ key: each }) => read(each));
    },
    async removeFromOutbox({ key, mark }, published, againAt) {
      const item = items.get(nameOf(key));
      if (item?.mark !== mark) return false;
      const all = [...new Set([...item.published, ...published])].slice(-MAX_PUBLISHED);
      setItem(key, { written: item.written, published: all, ...(againAt && { mark: markAt(againAt) }) });
      return true;
    },

    tail: async (orderingKey, limit) => ({
      events: stored((logs.get(orderingKey) ?? []).slice(-limit).reverse()),
      last: lastNumbers.get(orderingKey) ?? 0,
      deliveries: [...deliveries.values()].flatMap(({ delivery, until }) =>
        delivery.orderingKey === orderingKey ? [endOf(delivery, until)] : [],
      ),
    }),
    after: async (orderingKey, number, limit) =>
      stored((logs.get(orderingKey) ?? []).filter((event) => event.number > number).slice(0, limit)),
    async append(events) {
      const [first] = events;
      if (!first) throw new Error("there is no event to add");
      const { orderingKey } = first;
      const log = logs.get(orderingKey) ?? [];
      // A request is repeated if its answer was lost.
      if (log.some(({ number }) => number === first.number))
        return events.every((each) => log.some((event) => isDeepStrictEqual(event, stored(each))));
      logs.set(
        orderingKey,
        [...log, ...stored(events)].sort((a, b) => a.number - b.number),
      );
      for (const event of events) {
        lastNumbers.set(orderingKey, Math.max(event.number, lastNumbers.get(orderingKey) ?? 0));
        byTime.set(`${orderingKey} ${event.number}`, { at: event.loggedAt, value: stored(event) });
      }
      return true;
    },
    async *readByTime(since, until) {
      const [first, last] = [since.toISOString(), until.toISOString()];
      for (const { at, value } of byTime.entries()) if (at >= first && at <= last) yield stored(value);
    },

    async lockDelivery(orderingKey, subscriber, holder, at, asks = false) {
      const name = nameOf(deliveryKey(orderingKey, subscriber));
      const found = deliveries.get(name) ?? { delivery: { orderingKey, subscriber, sent: 0 } };
      const { until = 0 } = found;
      const isFree = until < at.getTime() || until > at.getTime() + LATEST_DELIVERY_LOCK_MS;
      if (found.holder !== undefined && found.holder !== holder && !isFree) {
        if (asks) deliveries.set(name, { ...found, asked: found.holder });
        return undefined;
      }
      deliveries.set(name, { ...found, holder, until: at.getTime() + DELIVERY_LOCK_MS });
      return stored(found.delivery);
    },
    async writeDelivery(delivery, { before, holder, isLocked, dueAt }) {
      const { orderingKey, subscriber } = delivery;
      const name = nameOf(deliveryKey(orderingKey, subscriber));
      const found = deliveries.get(name);
      const isOurs = (!isLocked || found?.holder === holder) && (found?.delivery.sent ?? 0) === before;
      // A request is repeated if its answer was lost.
      if (!isOurs && found?.writtenBy !== holder) return undefined;
      const { holder: lockedBy, until } = found ?? {};
      const lock = !isLocked && lockedBy !== undefined && until !== undefined ? { holder: lockedBy, until } : {};
      deliveries.set(name, { delivery: stored(delivery), writtenBy: holder, ...lock });
      outbox.set(name, dueAt && { at: markAt(dueAt), value: { kind: "delivery", orderingKey, subscriber } });
      return { isAsked: found?.asked !== undefined };
    },
    async unlockDelivery(delivery, holder, asks) {
      const name = nameOf(deliveryKey(delivery.orderingKey, delivery.subscriber));
      const found = deliveries.get(name);
      if (found?.holder !== holder || found.delivery.sent !== delivery.sent || found.asked === holder) return false;
      deliveries.set(name, { ...unlocked(found), ...(asks && { asked: "logger" }) });
      return true;
    },
    async readDelivery(orderingKey, subscriber) {
      const found = deliveries.get(nameOf(deliveryKey(orderingKey, subscriber)));
      return found && stored(found.delivery);
    },
    listFailing: async (limit) =>
      outbox
        .entries()
        .flatMap(({ value }) => {
          if (value.kind !== "delivery") return [];
          const found = deliveries.get(nameOf(deliveryKey(value.orderingKey, value.subscriber)));
          return found?.delivery.failing ? [stored(found.delivery)] : [];
        })
        .slice(0, limit),

    ...createMemorySubscribers({
      setDue(name, at, value) {
        outbox.set(name, at && { at: markAt(at), value });
      },
    }),
  };
}
