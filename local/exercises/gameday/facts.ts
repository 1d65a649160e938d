/** The raw material put in order: which report was sent and how it ended, which order belongs to which cause, which call to which attempt. */
import * as z from "zod";
import { type Stream, streamKey, streamSchema } from "../../../lib/core/stream.ts";
import type { Call, Material, SentReport } from "./inputs.ts";

const text = z.string();

const reportItemSchema = z.object({
  report: z.object({ source: text, id: text, receivedAt: text, stream: streamSchema }),
  decision: z.object({ action: text, resumeTime: text.optional() }),
  decidedAt: text,
  outcome: text.optional(),
  because: text.optional(),
  orderNumber: z.number().optional(),
});
const attemptSchema = z.object({
  at: text,
  result: z.enum(["sent", "unknown", "not-done"]),
  error: text.optional(),
});
const orderItemSchema = z.object({
  number: z.number(),
  stream: streamSchema,
  action: z.enum(["pause", "disable", "enable"]),
  resumeTime: text.optional(),
  placedAt: text,
  authority: z.object({ kind: z.enum(["rule", "operator"]), cause: text }),
  attempts: z.array(attemptSchema),
  sendingSince: text.optional(),
  outcome: text.optional(),
  error: text.optional(),
  endedAt: text.optional(),
});
const operatorItemSchema = z.object({ orderId: text, index: z.number(), stream: streamSchema, requestedAt: text });

export type ReportItem = z.output<typeof reportItemSchema>;
export type OperatorItem = z.output<typeof operatorItemSchema>;

export interface AttemptFacts {
  readonly at: string;
  readonly result: "sent" | "unknown" | "not-done";
  readonly error: string | undefined;
  /** Writes that Live saw between this attempt's beginning and the next one's. */
  readonly calls: Call[];
}

export interface OrderFacts extends Omit<z.output<typeof orderItemSchema>, "attempts"> {
  readonly attempts: readonly AttemptFacts[];
}

export interface StreamFacts {
  readonly stream: Stream;
  /** By number. */
  readonly orders: readonly OrderFacts[];
  /** Writes that Live saw before any attempt was recorded. */
  readonly strayCalls: readonly Call[];
}

export interface Facts {
  /** By the sender's id. */
  readonly sent: ReadonlyMap<string, readonly SentReport[]>;
  /** Ids that were answered with 202 at least once. */
  readonly accepted: ReadonlySet<string>;
  /** By the sender's id: more than one where something is wrong. */
  readonly reports: ReadonlyMap<string, readonly ReportItem[]>;
  readonly operatorItems: readonly OperatorItem[];
  readonly streams: ReadonlyMap<string, StreamFacts>;
}

export const committed = (calls: readonly Call[]): Call[] => calls.filter((call) => call.committed);

/** @throws ZodError for an item that is not as the ledger documents it. */
export function factsOf(material: Material): Facts {
  const statuses = new Map(material.answers.map(({ seq, status }) => [seq, status]));
  const reportsSent = material.sent.filter((one): one is SentReport => one.kind === "report");
  const items = (prefix: string, sk = "") =>
    material.ledger.filter((item) => item.pk.startsWith(prefix) && item.sk.startsWith(sk));
  const reports = items("REPORT#").map((item) => reportItemSchema.parse(item));
  return {
    sent: Map.groupBy(reportsSent, ({ id }) => id),
    accepted: new Set(reportsSent.filter(({ seq }) => statuses.get(seq) === 202).map(({ id }) => id)),
    reports: Map.groupBy(reports, ({ report }) => report.id),
    operatorItems: items("OPERATOR#", "ORDER#").map((item) => operatorItemSchema.parse(item)),
    streams: streamsOf(
      items("STREAM#", "ORDER#").map((item) => orderItemSchema.parse(item)),
      material["live-calls"],
    ),
  };
}

function streamsOf(orders: z.output<typeof orderItemSchema>[], calls: readonly Call[]): Map<string, StreamFacts> {
  const ordersByStream = Map.groupBy(orders, ({ stream }) => streamKey(stream));
  const writes = calls.filter(({ method }) => method !== "GET");
  const callsByStream = Map.groupBy(writes, ({ stream: { domain, app, stream } }) =>
    streamKey({ domain: domain ?? "", app: app ?? "", stream: stream ?? "" }),
  );
  const streams = new Map<string, StreamFacts>();
  for (const key of new Set([...ordersByStream.keys(), ...callsByStream.keys()])) {
    const [domain = "", app = "", stream = ""] = z.array(text).parse(JSON.parse(key));
    streams.set(key, {
      stream: { domain, app, stream },
      ...attribute(ordersByStream.get(key) ?? [], callsByStream.get(key) ?? []),
    });
  }
  return streams;
}

/** One worker at a time acts on a stream, so a call belongs to the attempt that had begun last when Live saw it. */
function attribute(orders: readonly z.output<typeof orderItemSchema>[], calls: readonly Call[]) {
  const withCalls = orders
    .map((order): OrderFacts => {
      // What a worker that died has left: nobody knows how it ended.
      const open = order.sendingSince === undefined ? [] : [{ at: order.sendingSince, result: "unknown" as const }];
      const attempts = [...order.attempts, ...open].map((attempt) => {
        const { at, result } = attempt;
        return { at, result, error: "error" in attempt ? attempt.error : undefined, calls: [] };
      });
      return { ...order, attempts };
    })
    .sort((a, b) => a.number - b.number);
  const begun = withCalls.flatMap(({ attempts }) => attempts).sort((a, b) => (a.at < b.at ? -1 : 1));
  const strayCalls: Call[] = [];
  for (const call of calls) {
    const latest = begun.findLast(({ at }) => at <= call.time);
    (latest?.calls ?? strayCalls).push(call);
  }
  return { orders: withCalls, strayCalls };
}
