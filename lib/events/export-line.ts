/**
 * Parses a line of a ledger export for `eventsOfExport`. An archive is untrusted input: what events are made of is checked, and the rest of the
 * line is dropped.
 */
import * as z from "zod";
import { knownStreamSchema } from "../core/stream.ts";
import type { LedgerEvent } from "../ledger/export-event.ts";

const instant = z.iso.datetime();
const text = z.string().max(20_000);
const number = z.int().min(1);
const yes = z.literal(true).exactOptional();
const republish = z.object({ after: number, times: z.int().min(0), startedAt: instant.exactOptional(), wentOn: yes });

const ofAnother = {
  republish: republish.exactOptional(),
  repairs: z
    .object({ of: number, why: z.enum(["missing", "expiring"]), cause: text, placedAt: instant })
    .exactOptional(),
};

const order = z.object({
  stream: knownStreamSchema,
  number,
  action: z.enum(["pause", "disable", "enable"]),
  resumeTime: instant.exactOptional(),
  reason: text,
  placedAt: instant,
  endedAt: instant.exactOptional(),
  outcome: z
    .enum(["accepted", "verified", "unverified", "unknown", "refused", "held", "failed", "superseded"])
    .exactOptional(),
  error: text.exactOptional(),
  attempts: z.array(z.object({ at: instant, result: z.enum(["sent", "unknown", "not-done"]) })).max(1_000),
  sendingSince: instant.exactOptional(),
  push: z.object({ startedAt: instant, isOver: yes }).exactOptional(),
  proof: z.object({ by: z.enum(["callback", "statistics"]), at: instant }).exactOptional(),
  authority: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("rule"), cause: text, source: text, rule: text, policy: text, ...ofAnother }),
    z.object({
      kind: z.literal("operator"),
      cause: text,
      orderId: text,
      requestedBy: text,
      overridesRulesUntil: instant,
      approves: text.exactOptional(),
      approvedBy: text.exactOptional(),
      breakGlass: yes,
      undoes: text.exactOptional(),
      reverses: number.exactOptional(),
      ...ofAnother,
    }),
  ]),
});

const alarms = z.object({
  urgent: instant.exactOptional(),
  half: instant.exactOptional(),
  nearly: instant.exactOptional(),
  missed: instant.exactOptional(),
});
const clock = {
  openedAt: instant.exactOptional(),
  dueAt: instant.exactOptional(),
  urgent: yes,
  alarms: alarms.exactOptional(),
};
const verdict = z.object({
  verdict: z.enum(["approved", "rejected"]),
  by: text,
  at: instant,
  orderId: text.exactOptional(),
  action: z.enum(["pause", "disable", "enable"]).exactOptional(),
  resumeTime: instant.exactOptional(),
});
const review = {
  ...clock,
  review: z.literal("open").exactOptional(),
  verdict: verdict.exactOptional(),
  earlierVerdicts: z
    .array(verdict.extend({ ...clock, takenBack: z.object({ at: instant }) }))
    .max(1_000)
    .exactOptional(),
};

const report = z.object({
  key: text,
  report: z.object({
    source: text,
    stream: knownStreamSchema,
    category: text,
    receivedAt: instant,
    appeal: z.object({ number }).exactOptional(),
  }),
  decision: z.object({
    action: z.enum(["ignore", "review", "refuse", "pause", "disable"]),
    because: text,
    rule: text.exactOptional(),
    resumeTime: instant.exactOptional(),
    republish: republish.exactOptional(),
  }),
  grade: z.enum(["A", "B", "C", "D", "E", "F"]).exactOptional(),
  decidedAt: instant,
  mode: z.enum(["observe", "enforce"]),
  policy: text,
  outcome: z
    .enum([
      ...(["accepted", "verified", "unverified", "unknown", "refused", "held", "failed", "superseded"] as const),
      ...(["ignored", "review", "observed"] as const),
    ])
    .exactOptional(),
  because: text.exactOptional(),
  orderNumber: number.exactOptional(),
  closedAt: instant.exactOptional(),
  sampled: z.number().exactOptional(),
  ...review,
});

const untranslated = z.object({
  key: text,
  untranslated: z.object({ source: text }),
  decidedAt: instant,
  because: text,
  ...review,
});

const lineSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("order"), at: instant, order }),
  z.object({ kind: z.literal("report"), at: instant, report }),
  z.object({ kind: z.literal("untranslated"), at: instant, untranslated }),
  z.object({
    kind: z.literal("operator-order"),
    at: instant,
    operatorOrder: z.object({ orderId: text, index: z.int().min(0) }),
  }),
  z.object({ kind: z.literal("plan"), at: instant, plan: z.object({ orderId: text, head: z.string() }) }),
  z.object({
    kind: z.literal("plan-state"),
    at: instant,
    planState: z.object({
      orderId: text,
      applied: z
        .object({ appliedBy: text, appliedAt: instant, approvedBy: text.exactOptional(), breakGlass: yes })
        .exactOptional(),
      cancelled: z.object({ cancelledBy: text, cancelledAt: instant }).exactOptional(),
    }),
  }),
  z.object({
    kind: z.literal("change"),
    at: instant,
    change: z.object({
      kind: text,
      source: text.exactOptional(),
      frozen: z.boolean().exactOptional(),
      changedAt: instant,
      changedBy: text,
      reason: text,
    }),
  }),
]);

/** For `readLines`. It has the fields that `eventsOfExport` reads. @throws ZodError if the line is not of an export. */
export const parseExportLine = (line: unknown): LedgerEvent => lineSchema.parse(line) as LedgerEvent;
