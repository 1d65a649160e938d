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
import type { SkippedBecause } from "../../plans/selector.ts";
import type { Grade } from "../../policy/grade.ts";
import type { Category } from "../../reports/claim.ts";
import type { Mode } from "../../safeguards/mode.ts";
import type { ApprovalReason } from "../../safeguards/two-person-rule.ts";
import { build, count, flag, issue, type Known, optionalText, stream, text, word } from "./field-schemas.ts";
import { overturn, overturned, sample, sourceRow } from "./figures-schema.ts";
import { orderRow, planSelector } from "./order-rows.ts";
import { orderSummarySchema, waitingSchema } from "./order-summary.ts";
import { leftOutCase, noCase, plannedCase, reopened, review, reviewCase, verdict } from "./review-schema.ts";

const result = z.looseObject({
  stream,
  /** Of a planned approval, which need not name it. */
  action: word<Action>().exactOptional(),
  /** `planned`: a dry run. `ordered`: not carried out yet; `status` with the order id has the outcome. */
  outcome: word<BatchOutcome | "planned" | "ordered">().exactOptional(),
  orderNumber: count.exactOptional(),
  resumeTime: text.nullable().exactOptional(),
  /** Of a disable: until when the stream was disabled before. Null: without a known end. Absent: it was not disabled. */
  previousResumeTime: text.nullable().exactOptional(),
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

/** Of an undo: the stream stays disabled until `until`, as the order `by` asks. `from` is the resume time before the undo. */
const staysOff = z.looseObject({ by: text, until: text, from: optionalText });

/** Rows of Live's list that are not as documented, and are missing in the response: how many, and the first ones. */
const unreadable = z.looseObject({
  count,
  first: z.array(z.looseObject({ domain: text, app: optionalText, stream: optionalText, issue: text })),
});

const plan = z.looseObject({
  orderId: text,
  sha256: text,
  /** `reject`: of a plan of rejections. */
  action: word<Action | "reject">(),
  reason: text,
  requestedBy: text,
  resumeTime: optionalText,
  plannedAt: text,
  expiresAt: text,
  /** The order id of the batch that this plan undoes. */
  undoes: optionalText,
  /** With the details that Live returned, if the stream was found live. */
  streams: z.array(
    stream.extend({ clientAddress: optionalText, startTime: optionalText, staysOff: staysOff.exactOptional() }),
  ),
  /** Streams that are left out. Known when the plan is made, and not when it is shown again. */
  skipped: z.array(
    z.looseObject({
      stream,
      because: word<SkippedBecause>(),
      staysOff: staysOff.exactOptional(),
      /** Until when it is disabled already. */
      resumeTime: text.nullable().exactOptional(),
    }),
  ),
  selector: planSelector.exactOptional(),
  /** Live streams that the selector was compared with. Absent if the streams were named. */
  liveCount: count.exactOptional(),
  /** Of the live streams that the selector was compared with. */
  unreadable: unreadable.exactOptional(),
  /** False: the list of disabled streams could not be read completely, so that some of `streams` may be disabled already. */
  alreadyOffKnown: flag,
  approvalThreshold: z.looseObject({ most: count, limit: text, needsApproval: z.array(word<ApprovalReason>()) }),
  /** At the allowed rate, if nothing else uses it. */
  estimatedSeconds: z.number(),
  approvedBy: optionalText,
  /** Of a plan of verdicts. A rejection has no `streams`. */
  verdict: word<"approve" | "reject">().exactOptional(),
  cases: z.array(plannedCase).exactOptional(),
  leftOut: z.array(leftOutCase).exactOptional(),
});

const batch = z.looseObject({
  orderId: text,
  planSha256: text,
  action: word<Action | "reject">(),
  reason: optionalText,
  requestedBy: optionalText,
  approvedBy: optionalText,
  appliedBy: optionalText,
  cancelledBy: optionalText,
  /** Applied without the second person that the plan needed. */
  breakGlass: flag.exactOptional(),
  /** The order id of the batch that this one undoes. */
  undoes: optionalText,
  /** `planned`, `expired`: not applied. `cancelling`: calls that were sent before the cancellation are still ending. */
  state: word<"planned" | "expired" | "running" | "cancelling" | "done" | "cancelled">(),
  count,
  outcomes: z.record(text, count),
  /** Of an undo: streams that were changed and stay disabled, because another order wants them disabled. */
  keptOff: count.exactOptional(),
  left: count,
  /** At the allowed rate. Absent when nothing is left. */
  secondsLeft: z.number().exactOptional(),
  /** What the next streams wait for, if no result came for some seconds. */
  waiting: waitingSchema.exactOptional(),
  appliedAt: optionalText,
  cancelledAt: optionalText,
  /** Of the last result so far. */
  endedAt: optionalText,
  /** Of a plan of verdicts that was applied: the cases that got none from it. */
  leftOut: z.array(leftOutCase).exactOptional(),
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
  /** Plans, batches and requests, newest first. */
  orders: z.array(orderRow).exactOptional(),
  /** There are more rows: ask again with this as `after`. */
  next: optionalText,
  /** The verdict that the report has now, also if another operator gave it. */
  verdict: verdict.exactOptional(),
  explanation: explanation.exactOptional(),
  sources: z.array(sourceRow).exactOptional(),
  overturned: overturned.exactOptional(),
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
export type UnreadableRows = NonNullable<OperatorResponse["unreadable"]>;
export type ReviewCase = NonNullable<OperatorResponse["case"]>;
export type PlannedCase = NonNullable<PlanResponse["cases"]>[number];
export type LeftOutCase = NonNullable<PlanResponse["leftOut"]>[number];
export type ReviewRow = NonNullable<OperatorResponse["reviews"]>[number];
export type ReportExplanation = NonNullable<OperatorResponse["explanation"]>;
export type SourceRow = NonNullable<OperatorResponse["sources"]>[number];
export type Overturned = NonNullable<OperatorResponse["overturned"]>;
export type Check = NonNullable<OperatorResponse["checks"]>[number];
