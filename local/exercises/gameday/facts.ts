/** Structures the evidence of a game day: outcome by report, order by cause, call by attempt. */
import * as z from "zod";
import { type Stream, streamKey } from "../../../lib/core/stream.ts";
import type { Call, Evidence, Post } from "../evidence.ts";
import { type LedgerRecords, type OrderItem, type ReportItem, readLedger } from "../ledger-records.ts";
import type { CheckResult } from "../scorecard.ts";
import { writesByStream } from "../stream-checks.ts";
import type { Day } from "./run.ts";

type Attempt = OrderItem["attempts"][number];

export interface OrderFacts extends Omit<OrderItem, "attempts"> {
  /** Each with the writes that Live received between its start and the start of the next. */
  readonly attempts: readonly (Attempt & { readonly calls: Call[] })[];
}

export interface StreamFacts {
  readonly stream: Stream;
  /** By number. */
  readonly orders: readonly OrderFacts[];
  /** Writes that Live received before any attempt was recorded. */
  readonly strayCalls: readonly Call[];
}

export interface Facts {
  /** By the sender's id. */
  readonly sent: ReadonlyMap<string, readonly Post[]>;
  /** Ids that were answered with success at least once. */
  readonly accepted: ReadonlySet<string>;
  /** By the sender's id; more than one is an error. */
  readonly reports: ReadonlyMap<string, readonly ReportItem[]>;
  readonly operatorOrders: LedgerRecords["operatorOrders"];
  readonly streams: ReadonlyMap<string, StreamFacts>;
  /** Of all streams. */
  readonly orders: readonly OrderFacts[];
}

/** Uses the evidence only, not the code under test. */
export type Check = (evidence: Evidence<Day>, facts: Facts) => CheckResult;

export const committed = (calls: readonly Call[]): Call[] => calls.filter((call) => call.committed);
export const commitsOf = ({ attempts }: OrderFacts): Call[] => committed(attempts.flatMap(({ calls }) => calls));

export function factsOf({ posts, ledger, calls }: Pick<Evidence, "posts" | "ledger" | "calls">): Facts {
  const { reports, orders, operatorOrders } = readLedger(ledger);
  const streams = streamsOf(orders, calls);
  return {
    sent: Map.groupBy(posts, ({ id }) => id),
    accepted: new Set(
      posts.filter(({ status }) => status !== null && status >= 200 && status < 300).map(({ id }) => id),
    ),
    reports: Map.groupBy(reports, ({ report }) => report.id),
    operatorOrders,
    streams,
    orders: [...streams.values()].flatMap((stream) => stream.orders),
  };
}

const keySchema = z.tuple([z.string(), z.string(), z.string()]);

function streamsOf(orders: readonly OrderItem[], calls: readonly Call[]): Map<string, StreamFacts> {
  const ordersByStream = Map.groupBy(orders, ({ stream }) => streamKey(stream));
  const callsByStream = writesByStream(calls);
  const keys = new Set([...ordersByStream.keys(), ...callsByStream.keys()]);
  return new Map(
    [...keys].map((key) => {
      const [domain, app, stream] = keySchema.parse(JSON.parse(key));
      const attributed = attribute(ordersByStream.get(key) ?? [], callsByStream.get(key) ?? []);
      return [key, { stream: { domain, app, stream }, ...attributed }];
    }),
  );
}

/** Only one worker acts on a stream at a time, so a call belongs to the latest attempt that started before Live received it. */
function attribute(orders: readonly OrderItem[], calls: readonly Call[]) {
  const withCalls = orders.map((order) => ({
    ...order,
    attempts: order.attempts.map((attempt) => ({ ...attempt, calls: [] as Call[] })),
  }));
  const begun = withCalls.flatMap(({ attempts }) => attempts).sort((a, b) => (a.at < b.at ? -1 : 1));
  const strayCalls: Call[] = [];
  for (const call of calls) {
    const latest = begun.findLast(({ at }) => at <= call.time);
    (latest?.calls ?? strayCalls).push(call);
  }
  return { orders: withCalls, strayCalls };
}
