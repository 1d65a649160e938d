/**
 * The ledger in memory: the port of lib/moderation/ledger.ts, told as plainly as it can be. test/aws/ledger-model.test.ts holds the one on
 * DynamoDB against it, answer by answer, so that what is found out with this one in thousands of runs is true of the other.
 */
import { isDeepStrictEqual } from "node:util";
import { LOCK_MS } from "../../lib/deadlines.ts";
import { OffairError } from "../../lib/errors.ts";
import type { Ledger, ModeRecord, OperatorOrder, ReportRecord } from "../../lib/moderation/ledger.ts";
import { type Attempt, isKept, type Order } from "../../lib/moderation/order.ts";
import { type Stream, streamKey } from "../../lib/stream.ts";

interface Stored {
  reports: Map<string, ReportRecord>;
  /** By stream, oldest first: the order numbered n stands at n - 1. */
  orders: Map<string, Order[]>;
  locks: Map<string, { holder: string; until: number }>;
  operatorOrders: Map<string, OperatorOrder[]>;
  mode: ModeRecord;
}

export interface MemoryLedger extends Ledger {
  /** Another one that holds the same, and goes its own way from here. */
  copy(): MemoryLedger;
  /** All that it holds; two ledgers that hold the same have the same. */
  dump(): string;
}

const RECENT = 50;

/** As it comes back from a store: nobody's object but the reader's, and without what is undefined. */
const stored = <T>(value: T): T => JSON.parse(JSON.stringify(value));

const copyOf = <T>(map: ReadonlyMap<string, T>) => new Map([...map].map(([key, value]) => [key, stored(value)]));

export function createMemoryLedger(
  table: Stored = {
    reports: new Map(),
    orders: new Map(),
    locks: new Map(),
    operatorOrders: new Map(),
    mode: { mode: "observe" },
  },
): MemoryLedger {
  const ordersOf = (stream: Stream): Order[] => table.orders.get(streamKey(stream)) ?? [];
  const newestFirst = (stream: Stream): Order[] => stored(ordersOf(stream)).reverse();
  /** Changes an order that has no outcome yet, if `only` holds of it. */
  function change({ stream, number }: Order, only: (order: Order) => boolean, to: (order: Order) => Order): boolean {
    const orders = ordersOf(stream);
    const order = orders[number - 1];
    if (!order || order.outcome !== undefined || !only(order)) return false;
    orders[number - 1] = stored(to(order));
    return true;
  }

  return {
    copy: () =>
      createMemoryLedger({
        reports: copyOf(table.reports),
        orders: copyOf(table.orders),
        locks: copyOf(table.locks),
        operatorOrders: copyOf(table.operatorOrders),
        mode: table.mode,
      }),

    dump: () =>
      JSON.stringify([table.reports, table.orders, table.locks, table.operatorOrders].map((map) => [...map].sort())) +
      JSON.stringify(table.mode),

    async readReport(key) {
      const record = table.reports.get(key);
      return record && stored(record);
    },
    async recordDecision(record) {
      const there = table.reports.get(record.key);
      if (there) return stored(there);
      const { reporter: _personal, ...report } = record.report;
      table.reports.set(record.key, stored({ ...record, report }));
      return record;
    },
    async closeReport(key, end) {
      const record = table.reports.get(key);
      if (record && record.outcome === undefined) table.reports.set(key, stored({ ...record, ...end }));
    },

    recentOrders: async (stream, limit = RECENT) => newestFirst(stream).slice(0, limit),
    async placeOrder(draft, unless = () => false) {
      const orders = newestFirst(draft.stream);
      const placed = orders.find(({ authority }) => authority.cause === draft.authority.cause);
      if (placed) return placed;
      if (unless(orders.slice(0, RECENT))) return undefined;
      const order: Order = { ...draft, number: orders.length + 1, attempts: [] };
      table.orders.set(streamKey(draft.stream), [...ordersOf(draft.stream), stored(order)]);
      return order;
    },

    async lockStream(stream, holder, now) {
      const lock = table.locks.get(streamKey(stream));
      if (lock && lock.until >= now.getTime() && lock.holder !== holder) {
        throw new OffairError("ERR_BUSY", "another worker acts on this stream", { stream });
      }
      table.locks.set(streamKey(stream), { holder, until: now.getTime() + LOCK_MS });
    },
    async unlockStream(stream, holder) {
      if (table.locks.get(streamKey(stream))?.holder === holder) table.locks.delete(streamKey(stream));
    },

    async beginAttempt(order, at) {
      const { sendingSince } = order;
      const lost: Attempt[] = sendingSince === undefined ? [] : [{ at: sendingSince, result: "unknown" }];
      const asWeKnowIt = (there: Order) => there.sendingSince === sendingSince;
      const begin = (there: Order) => ({ ...there, attempts: [...there.attempts, ...lost], sendingSince: at });
      if (!change(order, asWeKnowIt, begin)) {
        throw new OffairError("ERR_BUSY", "another worker carries out this order", { stream: order.stream });
      }
      return begin(order);
    },
    async endAttempt(order, attempt, end) {
      return change(
        order,
        (there) => there.sendingSince === attempt.at,
        ({ sendingSince: _over, ...there }) => ({
          ...there,
          attempts: isKept(order.attempts, attempt) ? [...there.attempts, attempt] : there.attempts,
          ...end,
        }),
      );
    },
    async endOrder(order, end) {
      return change(
        order,
        () => true,
        (there) => ({ ...there, ...end }),
      );
    },

    async writeOperatorOrders(orders) {
      for (const order of orders) {
        const there = table.operatorOrders.get(order.orderId) ?? [];
        const same = there.find(({ index }) => index === order.index);
        if (!same) table.operatorOrders.set(order.orderId, [...there, stored(order)]);
        else if (!isDeepStrictEqual(same, stored(order))) {
          throw new OffairError("ERR_LEDGER", `the order ${order.orderId} exists already`);
        }
      }
    },
    async readOperatorOrder(orderId, index) {
      const order = table.operatorOrders.get(orderId)?.find((each) => each.index === index);
      return order && stored(order);
    },
    listOperatorOrders: async (orderId) =>
      stored(table.operatorOrders.get(orderId) ?? []).sort((a, b) => a.index - b.index),

    readMode: async () => stored(table.mode),
    async writeMode(mode) {
      table.mode = stored(mode);
    },
  };
}
