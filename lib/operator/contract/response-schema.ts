/**
 * The response of the incident function. Function and command infer their types from this one schema; the command parses with it.
 *
 * An older command understands a newer function: unknown keys are kept and shown by `--json`, and words that are not listed in a type are
 * accepted. Any text may be hostile: escape it before printing it.
 */
import * as z from "zod";
import type { Decision } from "../../decisions/decision.ts";
import type { ReportOutcome } from "../../decisions/report-record.ts";
import type { Action } from "../../orders/order.ts";
import type { BatchOutcome } from "../../plans/batch-result.ts";
import type { Grade } from "../../policy/grade.ts";
import type { Category } from "../../reports/claim.ts";
import type { Mode } from "../../safeguards/mode.ts";
import { eventFields } from "./event-schema.ts";
import { build, count, flag, issue, type Known, optionalText, stream, text, word } from "./field-schemas.ts";
import { figuresFields, overturn, sample } from "./figures-schema.ts";
import { live } from "./live-schema.ts";
import { orderRow } from "./order-rows.ts";
import { orderSummarySchema, waitingSchema } from "./order-summary.ts";
import { batch, plan, staysOff, unreadable } from "./plan-schema.ts";
import { noCase, reopened, review, reviewCase, verdict } from "./review-schema.ts";

const result = z.looseObject({
  stream,
  /** Of a planned approval, which need not name it; and of an appeal that was granted: `disable` if another order keeps the stream off. */
  action: word<Action>().exactOptional(),
  /** `planned`: a dry run. `ordered`: not carried out yet; `status` with the order id has the outcome. */
  outcome: word<BatchOutcome | "planned" | "ordered">().exactOptional(),
  orderNumber: count.exactOptional(),
  resumeTime: text.nullable().exactOptional(),
  /** Of the approval of an appeal, as a dry run: another order keeps the stream off. */
  staysOff: staysOff.exactOptional(),
  /** Of a disable: until when the stream was disabled before. Null: without a known end. Absent: it was not disabled. */
  previousResumeTime: text.nullable().exactOptional(),
  /** Of the dry run of a pause or a disable: whether Live lists the stream as pushed now. Absent: it is disabled, or the list could not be read. */
  isLive: flag.exactOptional(),
  /** Names of live streams of the same app that resemble the name of a stream that is not live, the nearest first. */
  nearest: z.array(text).exactOptional(),
  requestId: optionalText,
  error: optionalText,
  /** What happened, with HTTP status and Live's own text. Of a batch, only in the first results that have one. */
  message: optionalText,
  waiting: waitingSchema.exactOptional(), // of a result that is `ordered`
  /** Of an approval of many cases: the case. */
  report: optionalText,
  /** The order that disabled the stream. Null: the ledger has none. */
  order: orderSummarySchema.nullable().exactOptional(),
  orders: z.array(orderSummarySchema).exactOptional(),
});

const modeChange = z.looseObject({ changedAt: text, changedBy: text, reason: text });
const mode = z.looseObject({
  mode: word<Mode>(),
  changedAt: optionalText,
  changedBy: optionalText,
  reason: optionalText,
  frozen: z.record(text, modeChange).exactOptional(),
  sample: sample.exactOptional(),
});

const decision = z.looseObject({ action: word<Decision["action"]>(), because: text, rule: optionalText });
const rules = z.array(z.looseObject({ rule: text, unmet: z.array(text) }));

const explanation = z.looseObject({
  source: text,
  stream: stream.exactOptional(),
  category: word<Category>().exactOptional(),
  score: z.number().optional(),
  /** SHA-256 of the policy that runs now. */
  policy: optionalText,
  notes: z.array(text).exactOptional(),

  // A stored report: the decision of that time, and the decision of today's policy on the same facts.
  key: optionalText,
  occurredAt: optionalText,
  receivedAt: optionalText,
  stored: z
    .looseObject({
      decision: decision.exactOptional(),
      facts: z.unknown().exactOptional(),
      policy: optionalText,
      decidedAt: text,
      mode: word<Mode>().exactOptional(),
      outcome: word<ReportOutcome>().exactOptional(),
      because: optionalText,
      /** Of the order that it placed. */
      orderNumber: count.exactOptional(),
      verdict: verdict.exactOptional(),
      overturns: z.array(overturn).exactOptional(),
      sampled: z.number().exactOptional(),
    })
    .exactOptional(),
  now: z.looseObject({ decision, rules, steps: z.array(text), isSameDecision: flag }).exactOptional(),
  policyChanged: flag.exactOptional(),
  issues: z.array(issue).exactOptional(),

  // A claim: the decision on a report that is received now.
  decision: decision.exactOptional(),
  grade: word<Grade>().exactOptional(),
  rules: rules.exactOptional(),
  steps: z.array(text).exactOptional(),
  facts: z.unknown().exactOptional(),
  inScope: flag.exactOptional(),
  isProtected: flag.exactOptional(),
  mode: word<Mode>().exactOptional(),
  /** Since when and why the source is frozen, if it is. */
  frozen: modeChange.nullable().exactOptional(),
  headroom: z.array(z.looseObject({ limit: text, used: z.number(), most: z.number() })).exactOptional(),
  liveStreams: z.looseObject({ count, countedAt: text }).nullable().exactOptional(),
  /** Why the decision would not be carried out. Empty if it would be, or if it asks for no action. */
  heldBackBy: z.array(text).exactOptional(),
});

/** One check of `offair doctor`, with what to do about a failure. */
const check = z.looseObject({
  name: text,
  state: word<"ok" | "warning" | "failed">(),
  says: text,
  remedy: optionalText,
});

export const operatorResponseSchema = z.looseObject({
  ok: flag,
  results: z.array(result),
  errors: z.array(issue),
  /** Not the answer yet: send the request again with the same id, after so many seconds. */
  retryAfterSeconds: count.exactOptional(),
  orderId: optionalText,
  dryRun: flag.exactOptional(),
  /** Of a disable: false if Live's list could not be read, so that `previousResumeTime` is known from the ledger only. */
  alreadyOffKnown: flag.exactOptional(),
  mode: mode.exactOptional(),
  /** Of `status` and `doctor`: the build of the function. */
  build: build.exactOptional(),
  /** Disabled streams by ingest domain, as counted by Live; without the domains that it gives no count of. */
  totals: z.record(text, count).exactOptional(),
  unreadable: unreadable.exactOptional(),
  /** There are more rows than one response holds. */
  truncated: flag.exactOptional(),
  /** Cases that wait for a person, in the order in which they are due; or the one that a verdict is about. */
  reviews: z.array(review).exactOptional(),
  /** Of `case`, `next-case`, `release`, `note`, `second-opinion` and `reopen`: the case afterwards. */
  case: reviewCase.exactOptional(),
  /** Of `next-case`: there is no case for this person. */
  noCase: noCase.exactOptional(),
  reopened: reopened.exactOptional(),
  live: live.exactOptional(),
  /** Plans, batches and requests, newest first. */
  orders: z.array(orderRow).exactOptional(),
  /** There are more rows: ask again with this as `after`. */
  next: optionalText,
  /** The verdict that the report has now, also if another operator gave it. */
  verdict: verdict.exactOptional(),
  explanation: explanation.exactOptional(),
  ...figuresFields,
  ...eventFields,
  /** Of `statement-settings`: the policy's SHA-256, its section `statements` or null, and the kind of each source. */
  statementSettings: z
    .looseObject({ policy: text, statements: z.unknown(), sources: z.record(text, text) })
    .exactOptional(),
  plan: plan.exactOptional(),
  batch: batch.exactOptional(),
  checks: z.array(check).exactOptional(),
  /** Dead letters that were sent back to their queue, or would be. */
  redriven: z.array(z.looseObject({ id: text, reason: text })).exactOptional(),
});

export type OperatorResponse = Known<z.infer<typeof operatorResponseSchema>>;
export type Result = OperatorResponse["results"][number];
export type ResultOutcome = NonNullable<Result["outcome"]>;
export type PlanResponse = NonNullable<OperatorResponse["plan"]>;
export type BatchProgress = NonNullable<OperatorResponse["batch"]>;
export type OrderRow = NonNullable<OperatorResponse["orders"]>[number];
export type LiveRow = NonNullable<OperatorResponse["live"]>["rows"][number];
export type UnreadableRows = NonNullable<OperatorResponse["unreadable"]>;
export type ReviewCase = NonNullable<OperatorResponse["case"]>;
export type PlannedCase = NonNullable<PlanResponse["cases"]>[number];
export type LeftOutCase = NonNullable<PlanResponse["leftOut"]>[number];
export type ReviewRow = NonNullable<OperatorResponse["reviews"]>[number];
export type ReportExplanation = NonNullable<OperatorResponse["explanation"]>;
export type EventRow = NonNullable<OperatorResponse["events"]>[number];
export type SubscriberRow = NonNullable<OperatorResponse["subscribers"]>[number];
export type ReplayAsked = NonNullable<OperatorResponse["replay"]>;
export type Check = NonNullable<OperatorResponse["checks"]>[number];
