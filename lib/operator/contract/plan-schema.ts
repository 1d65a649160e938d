/** A plan and its batch, as a response has them. */
import * as z from "zod";
import type { PlanAction } from "../../plans/plan.ts";
import type { SkippedBecause } from "../../plans/selector.ts";
import type { ApprovalReason } from "../../safeguards/two-person-rule.ts";
import { count, flag, optionalText, stream, text, word } from "./field-schemas.ts";
import { planSelector } from "./order-rows.ts";
import { waitingSchema } from "./order-summary.ts";
import { leftOutCase, plannedCase } from "./review-schema.ts";

/** Of an undo: the stream stays disabled until `until`, as the order `by` asks. `from` is the resume time before the undo. */
export const staysOff = z.looseObject({ by: text, until: text, from: optionalText });

/** Rows of Live's list that are not as documented, and are missing in the response: how many, and the first ones. */
export const unreadable = z.looseObject({
  count,
  first: z.array(z.looseObject({ domain: text, app: optionalText, stream: optionalText, issue: text })),
});

export const plan = z.looseObject({
  orderId: text,
  sha256: text,
  action: word<PlanAction>(),
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
  caseSelector: z
    .looseObject({ source: optionalText, rule: optionalText, category: optionalText, before: optionalText })
    .exactOptional(),
  leftOut: z.array(leftOutCase).exactOptional(),
});

export const batch = z.looseObject({
  orderId: text,
  planSha256: text,
  action: word<PlanAction>(),
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
