/** The items of the ledger's table as typed records. Parses the items by the documented format, not through lib/. */
import * as z from "zod";
import { streamSchema } from "../../lib/core/stream.ts";
import type { Item } from "./evidence.ts";

const text = z.string();

const republishSchema = z.object({
  after: z.number(),
  times: z.number(),
  startedAt: text.optional(),
  wentOn: z.literal(true).optional(),
});
const reportSchema = z.object({
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
const orderSchema = z
  .object({
    number: z.number(),
    stream: streamSchema,
    action: z.enum(["pause", "disable", "enable"]),
    resumeTime: text.optional(),
    placedAt: text,
    authority: z.object({
      kind: z.enum(["rule", "operator"]),
      cause: text,
      orderId: text.optional(),
      requestedBy: text.optional(),
      approvedBy: text.optional(),
      republish: republishSchema.optional(),
    }),
    proof: z.object({ by: z.enum(["callback", "statistics"]), at: text }).optional(),
    attempts: z.array(attemptSchema),
    sendingSince: text.optional(),
    outcome: text.optional(),
    error: text.optional(),
    endedAt: text.optional(),
  })
  // A worker that died leaves an attempt open: its result is unknown.
  .transform(({ attempts, sendingSince, ...order }) => ({
    ...order,
    attempts: [
      ...attempts,
      ...(sendingSince === undefined ? [] : [{ at: sendingSince, result: "unknown" as const, error: undefined }]),
    ],
  }));
const operatorOrderSchema = z.object({ orderId: text, index: z.number(), stream: streamSchema, requestedAt: text });
const resultSchema = z.object({
  orderId: text,
  index: z.number(),
  outcome: text,
  endedAt: text,
  orderNumber: z.number().optional(),
});
const planHeadSchema = z.object({ orderId: text, action: text, requestedBy: text, undoes: text.optional() });
const planStateSchema = z.object({
  applied: z.object({ appliedAt: text, appliedBy: text, approvedBy: text.optional() }).optional(),
  cancelled: z.object({ cancelledAt: text }).optional(),
});

export type ReportItem = z.output<typeof reportSchema>;
export type OrderItem = z.output<typeof orderSchema>;
export type LedgerRecords = ReturnType<typeof readLedger>;
export type PlanItem = ReturnType<typeof plansIn>[number];

/** @throws ZodError for an item that is not in the documented format. */
export function readLedger(items: readonly Item[]) {
  const under = (prefix: string, sk = "") =>
    items.filter((item) => item.pk.startsWith(prefix) && item.sk.startsWith(sk));
  const [counted] = under("AUDIT", "LIVE_STREAMS");
  return {
    reports: under("REPORT#").map((item) => reportSchema.parse(item)),
    orders: under("STREAM#", "ORDER#")
      .map((item) => orderSchema.parse(item))
      .sort((a, b) => a.number - b.number),
    operatorOrders: under("OPERATOR#", "ORDER#").map((item) => operatorOrderSchema.parse(item)),
    plans: plansIn(items),
    results: under("BATCH#", "RESULT#").map((item) => resultSchema.parse(item)),
    /** Counted by the latest audit; undefined if there was none. */
    liveStreams: counted && z.number().parse(counted.count),
  };
}

function plansIn(items: readonly Item[]) {
  const byKey = new Map(items.map((item) => [`${item.pk} ${item.sk}`, item]));
  return items
    .filter(({ pk, sk }) => pk.startsWith("OPERATOR#") && sk === "PLAN")
    .map(({ pk, head }) => {
      const streams = items
        .filter((item) => item.pk === pk && item.sk.startsWith("PART#"))
        .sort((one, other) => (one.sk < other.sk ? -1 : 1))
        .flatMap((part) => z.array(streamSchema).parse(JSON.parse(text.parse(part.text))));
      const { applied, cancelled } = planStateSchema.parse(byKey.get(`${pk} STATE`) ?? {});
      return { ...planHeadSchema.parse(JSON.parse(text.parse(head))), streams, ...applied, ...cancelled };
    });
}
