/**
 * Schemas of the lines that history reads from an archive: snapshot rows, ledger events, expected disables and findings. The archive is
 * untrusted input. Only the fields that are used are checked and kept.
 */
import * as z from "zod";
import { boundedArray } from "./bounded-array.ts";
import type { SnapshotRow } from "./snapshot.ts";

export type { LedgerEvent } from "../ledger/export-event.ts";

const instant = z.iso.datetime();
const text = z.string();
/** A ledger item has at most 400 KB. */
const few = <Each>(each: z.ZodType<Each, unknown>) => boundedArray(each, 20_000);

/** Any text: Live may list names that offair would not accept in a report or an order. */
const names = { domain: text, app: text, stream: text };
const streamNames = z.object(names);

const ofAnother = {
  republish: z.object({ after: z.number().int() }).exactOptional(),
  repairs: z.object({ cause: text, placedAt: instant, why: text.exactOptional() }).exactOptional(),
};

const orderSchema = z.object({
  stream: streamNames,
  number: z.number().int().min(1),
  action: z.enum(["pause", "disable", "enable"]),
  resumeTime: instant.exactOptional(),
  reason: text,
  placedAt: instant,
  endedAt: instant.exactOptional(),
  outcome: text.exactOptional(),
  message: text.exactOptional(),
  attempts: few(z.object({ at: instant, result: text })),
  sendingSince: instant.exactOptional(),
  authority: z.discriminatedUnion("kind", [
    z.object({
      kind: z.literal("rule"),
      cause: text,
      source: text,
      rule: text,
      policy: text,
      ...ofAnother,
    }),
    z.object({
      kind: z.literal("operator"),
      cause: text,
      orderId: text,
      requestedBy: text,
      approves: text.exactOptional(),
      approvedBy: text.exactOptional(),
      breakGlass: z.literal(true).exactOptional(),
      /** Order id of the batch that it undoes. */
      undoes: text.exactOptional(),
      /** Number of the order that it reverses, because the appeal that it approves was granted. */
      reverses: z.number().int().exactOptional(),
      ...ofAnother,
    }),
  ]),
});
export type PastOrderLine = Readonly<z.infer<typeof orderSchema>>;

/** Who ordered it, and for which report (`source#id`) or operator's order. */
export const attribution = ({ authority }: Pick<PastOrderLine, "authority">): { by: string; cause: string } =>
  authority.kind === "rule"
    ? { by: `rule ${authority.rule}, policy ${authority.policy}`, cause: (authority.repairs ?? authority).cause }
    : { by: authority.requestedBy, cause: authority.orderId };

const verdictSchema = z.object({
  at: instant,
  by: text.exactOptional(),
  verdict: text.exactOptional(),
  dueAt: instant.exactOptional(),
});

/** A person says that an action was wrong. */
const overturnSchema = z.object({
  because: text,
  at: instant,
  /** Of an operator's batch, if it concerns the order of this stream only. */
  stream: streamNames.exactOptional(),
});

const reportSchema = z.object({
  key: text,
  report: z.object({
    stream: streamNames,
    source: text,
    category: text,
    occurredAt: instant.exactOptional(),
    score: z.number().exactOptional(),
    evidence: few(z.object({ url: text, sha256: text.exactOptional() })).exactOptional(),
  }),
  decision: z.object({ action: text, because: text, rule: text.exactOptional() }),
  facts: z.object({ orders: few(z.object({ number: z.number().int(), placedAt: instant })).exactOptional() }),
  grade: text.exactOptional(),
  policy: text,
  outcome: text.exactOptional(),
  decidedAt: instant.exactOptional(),
  /** Of an appeal: the order that it is about. */
  appealed: z.object({ number: z.number().int() }).exactOptional(),
  /** Of an action that was drawn for the sample. */
  sampled: z.number().exactOptional(),
  /** Of a case that waits, or waited, for a person. */
  openedAt: instant.exactOptional(),
  dueAt: instant.exactOptional(),
  verdict: verdictSchema.exactOptional(),
  earlierVerdicts: few(verdictSchema).exactOptional(),
  overturns: few(overturnSchema).exactOptional(),
});
export type ReportLine = Readonly<z.infer<typeof reportSchema>>;

const operatorOrderSchema = z.object({
  orderId: text,
  index: z.number().int().min(0),
  stream: streamNames,
  requestedBy: text,
});
export type OperatorOrderLine = Readonly<z.infer<typeof operatorOrderSchema>>;

const planStateSchema = z.object({
  orderId: text,
  applied: z.object({ appliedBy: text, reason: text, appliedAt: instant.exactOptional() }).exactOptional(),
  overturns: few(overturnSchema).exactOptional(),
});
export type PlanStateLine = Readonly<z.infer<typeof planStateSchema>>;

const eventSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("order"), order: orderSchema }),
  z.object({ kind: z.literal("report"), report: reportSchema }),
  z.object({ kind: z.literal("operator-order"), operatorOrder: operatorOrderSchema }),
  z.object({ kind: z.literal("plan"), plan: z.object({ orderId: text }) }),
  z.object({ kind: z.literal("plan-state"), planState: planStateSchema }),
  z.object({ kind: z.enum(["untranslated", "change"]) }),
]);
export type EventLine = z.infer<typeof eventSchema>;

/** A disable in force: according to the ledger Live accepted it and its resume time has not come, so Live should list the stream. */
const expectedSchema = z.object({
  ...names,
  resumeTime: instant,
  /** Number of the order within its stream. */
  number: z.number().int().min(1),
  placedAt: instant,
  /** `unverified`: Live accepted the call, but its list did not show the stream directly afterwards. */
  outcome: z.enum(["verified", "unverified"]),
  reason: text,
  /** `rule <id>` with its policy, or the operator. */
  by: text,
  /** `source#id` of the report, or the operator's order id. */
  cause: text,
});
export type Expected = Readonly<z.infer<typeof expectedSchema>>;

const findingSchema = z.object({
  kind: text,
  ...names,
  number: z.number().int().min(1).exactOptional(),
  /** As Live lists it. */
  resumeTime: text.nullable().exactOptional(),
});
export type FindingLine = Readonly<z.infer<typeof findingSchema>>;

const rowSchema: z.ZodType<SnapshotRow> = z.object({ ...names, resumeTime: text.nullable(), seenAt: instant });

/** Parsers for `readLines`. */
export const parseRow = (line: unknown): SnapshotRow => rowSchema.parse(line);
export const parseEvent = (line: unknown): EventLine => eventSchema.parse(line);
export const parseExpected = (line: unknown): Expected => expectedSchema.parse(line);
export const parseFinding = (line: unknown): FindingLine => findingSchema.parse(line);
