/** The evidence of a game day put in order: how each report ended, which order belongs to which cause, which call to which attempt. */
import * as z from "zod";
import { type Stream, streamKey } from "../../../lib/core/stream.ts";
import type { Call, Evidence, Post } from "../evidence.ts";
import { type LedgerRecords, type OrderItem, type ReportItem, readLedger } from "../ledger-records.ts";
import type { CheckResult } from "../scorecard.ts";
import { writesByStream } from "../stream-checks.ts";
import type { Day } from "./run.ts";

type Attempt = OrderItem["attempts"][number];

export interface OrderFacts extends Omit<OrderItem, "attempts"> {
  /** Each with the writes that Live received between its beginning and the next one's. */
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
  /** Ids that were answered with 202 at least once. */
  readonly accepted: ReadonlySet<string>;
  /** By the sender's id: more than one where something is wrong. */
  readonly reports: ReadonlyMap<string, readonly ReportItem[]>;
  readonly operatorOrders: LedgerRecords["operatorOrders"];
  readonly streams: ReadonlyMap<string, StreamFacts>;
  /** Of all streams. */
  readonly orders: readonly OrderFacts[];
}

/** Looks at the evidence alone, never through the code that is checked. */
export type Check = (evidence: Evidence<Day>, facts: Facts) => CheckResult;

export const committed = (calls: readonly Call[]): Call[] => calls.filter((call) => call.committed);
export const commitsOf = ({ attempts }: OrderFacts): Call[] => committed(attempts.flatMap(({ calls }) => calls));

export function factsOf({ posts, ledger, calls }: Pick<Evidence, "posts" | "ledger" | "calls">): Facts {
  const { reports, orders, operatorOrders } = readLedger(ledger);
  const streams = streamsOf(orders, calls);
  return {
    sent: Map.groupBy(posts, ({ id }) => id),
    accepted: new Set(posts.filter(({ status }) => status === 202).map(({ id }) => id)),
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

/** One worker at a time acts on a stream, so a call belongs to the attempt that had begun last when Live received it. */
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
