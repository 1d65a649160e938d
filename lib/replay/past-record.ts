/**
 * Parses a ledger record for a replay, from a file that anybody may have written. The properties that a decision reads are checked; all
 * others are kept as they are. Functions do not use this, because they read only what they wrote.
 */
import * as z from "zod";
import { isOfCanary } from "../core/canary.ts";
import { type Issue, issuesOf } from "../core/issues.ts";
import { knownStreamSchema } from "../core/stream.ts";
import type { Decision, Facts } from "../decisions/decision.ts";
import type { ReportRecord, Verdict } from "../decisions/report-record.ts";
import { OUTCOMES } from "../orders/order.ts";
import { OVERTURN_REASONS, type Overturn } from "../orders/overturn.ts";
import { categorySchema } from "../reports/claim.ts";

export interface PastDecision
  extends Pick<ReportRecord, "key" | "report" | "facts" | "mode" | "because" | "orderNumber"> {
  readonly decision: Pick<Decision, "action" | "because" | "rule"> & { readonly resumeTime?: string };
  readonly outcome?: string;
  readonly verdict?: Pick<Verdict, "verdict" | "at" | "reason">;
  /** Oldest first. */
  readonly overturns?: readonly Pick<Overturn, "because" | "at" | "reason">[];
}

/** `republish`: the re-publish guard decided and not a rule. `appeals`: a person decides. `untranslated`: the message could not be translated. */
export type PastRecord =
  | { readonly kind: "decision"; readonly record: PastDecision }
  | { readonly kind: "withoutFacts" | "untranslated" | "republish" | "appeals" };

const instant = z.iso.datetime();
const count = z.number().int().min(0);
const text = z.string().min(1).max(1_024);

const pastOrder = z.looseObject({
  number: count,
  action: z.enum(["pause", "disable", "enable"]),
  placedAt: instant,
  outcome: z.enum(OUTCOMES, "is not an outcome of an order").exactOptional(),
  resumeTime: instant.exactOptional(),
  endedAt: instant.exactOptional(),
  authority: z.looseObject({
    kind: z.enum(["rule", "operator"]),
    republish: z.looseObject({ after: count, times: count }).exactOptional(),
    overridesRulesUntil: instant.exactOptional(),
  }),
});

const other = z.looseObject({
  source: text,
  category: categorySchema,
  receivedAt: instant,
  reporter: count.exactOptional(),
});

const facts = z.looseObject({
  workedAt: instant,
  orders: z.array(pastOrder),
  enabledElsewhere: count.exactOptional(),
  others: z.array(other).exactOptional(),
  reporter: count.exactOptional(),
  duplicateOf: text.exactOptional(),
  liveStreams: count.max(1_000_000_000).exactOptional(),
}) satisfies z.ZodType<Facts>;

const decisionSchema = z.looseObject({
  key: text,
  report: z.looseObject({
    source: text,
    id: text,
    bodySha256: text,
    stream: knownStreamSchema,
    category: categorySchema,
    score: z.number().min(0).max(1).exactOptional(),
    occurredAt: instant,
    receivedAt: instant,
  }),
  decision: z
    .looseObject({
      action: z.enum(["ignore", "review", "refuse", "pause", "disable"]),
      because: text,
      rule: text.exactOptional(),
      resumeTime: instant.exactOptional(),
    })
    .refine(
      ({ action, resumeTime }) => (action === "disable") === (resumeTime !== undefined),
      "only a disable has a resume time, and needs one",
    ),
  facts,
  mode: z.enum(["observe", "enforce"]),
  outcome: text.exactOptional(),
  because: text.exactOptional(),
  orderNumber: count.exactOptional(),
  verdict: z.looseObject({ verdict: z.enum(["approved", "rejected"]), at: instant, reason: text }).exactOptional(),
  overturns: z.array(z.looseObject({ because: z.enum(OVERTURN_REASONS), at: instant, reason: text })).exactOptional(),
}) satisfies z.ZodType<PastDecision>;

/** The properties that all versions wrote, and that distinguish the kinds. */
const anyRecord = z.union([
  z.looseObject({ key: text, untranslated: z.looseObject({}) }),
  z.looseObject({
    key: text,
    report: z.looseObject({ appeal: z.unknown().optional() }),
    decision: z.looseObject({ action: text, because: text.exactOptional(), republish: z.unknown().optional() }),
    facts: z.unknown().optional(),
  }),
]);

/** A record of the canary, on which no policy decides. */
interface CanaryRecord {
  readonly kind: "canary";
}

/** Parses one record from JSON; returns issues with their pointers if it is invalid. */
export function readPastRecord(json: unknown): PastRecord | CanaryRecord | { readonly issues: readonly Issue[] } {
  const any = anyRecord.safeParse(json);
  if (!any.success) return { issues: [{ pointer: "", message: "is not a record of a report" }] };
  if (isOfCanary(any.data.key)) return { kind: "canary" };
  if ("untranslated" in any.data) return { kind: "untranslated" };
  if (any.data.facts === undefined) return { kind: "withoutFacts" };
  if (any.data.decision.republish !== undefined) return { kind: "republish" };
  if (any.data.report.appeal !== undefined) return { kind: "appeals" };
  const { data, error } = decisionSchema.safeParse(any.data);
  return error ? { issues: issuesOf(error) } : { kind: "decision", record: data };
}
