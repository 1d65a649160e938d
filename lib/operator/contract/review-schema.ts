/** A case that waits for a person, as a response has it. */
import * as z from "zod";
import type { ActingDecision } from "../../decisions/decision.ts";
import type { ReportOutcome, Verdict } from "../../decisions/report-record.ts";
import type { Grade } from "../../policy/grade.ts";
import type { Category } from "../../reports/claim.ts";
import { issue, optionalText, stream, text, word } from "./field-schemas.ts";

export const verdict = z.looseObject({
  verdict: word<Verdict["verdict"]>(),
  by: text,
  at: text,
  reason: text,
  orderId: optionalText,
});

/** A report as people see it. The reporter stays in the ledger. */
export const review = z.looseObject({
  /** `source#id`, which a verdict names. */
  key: text,
  source: text,
  grade: word<Grade>().exactOptional(),
  stream: stream.exactOptional(),
  category: word<Category>().exactOptional(),
  score: z.number().exactOptional(),
  occurredAt: optionalText,
  receivedAt: text,
  /** Since `occurredAt` or `receivedAt`, whichever is earlier, as the policy measures it. */
  ageMinutes: z.number(),
  outcome: word<ReportOutcome>().exactOptional(),
  because: text,
  rule: optionalText,
  /** The action that was held. */
  decision: z
    .looseObject({ action: word<ActingDecision["action"]>(), because: text, resumeTime: optionalText })
    .exactOptional(),
  /** Approved, but the order may not be queued: approve it again. */
  verdict: verdict.exactOptional(),
  /** Why the message could not be translated. */
  issues: z.array(issue).exactOptional(),
});
