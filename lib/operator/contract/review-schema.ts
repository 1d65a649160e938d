/** A case that waits for a person, as a response has it. */
import * as z from "zod";
import type { ActingDecision } from "../../decisions/decision.ts";
import type { ReportOutcome, Verdict } from "../../decisions/report-record.ts";
import type { Action } from "../../orders/order.ts";
import type { Grade } from "../../policy/grade.ts";
import type { Category } from "../../reports/claim.ts";
import { count, flag, issue, optionalText, stream, text, word } from "./field-schemas.ts";
import { orderSummarySchema } from "./order-summary.ts";

export const verdict = z.looseObject({
  verdict: word<Verdict["verdict"]>(),
  by: text,
  at: text,
  reason: text,
  /** Of an approval. */
  orderId: optionalText,
  action: word<Action>().exactOptional(),
  resumeTime: optionalText,
});

/** Something that a person said about a case. */
const remark = z.looseObject({ by: text, at: text, reason: text });

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
  /** Of an appeal: the order that it is about, who ordered it, and the people who decided it, who cannot decide the appeal. */
  appealed: z
    .looseObject({
      ...{ number: count, action: word<Action>(), reason: text, placedAt: text, resumeTime: optionalText },
      ...{ report: optionalText, orderId: optionalText, by: text, decidedBy: z.array(text) },
    })
    .exactOptional(),
  /** Approved, but the order may not be queued: approve it again. */
  verdict: verdict.exactOptional(),
  /** Drawn for the sample: the action was carried out, and a verdict acts on nothing. */
  isSample: flag.exactOptional(),
  /** Why the message could not be translated. */
  issues: z.array(issue).exactOptional(),
  /** The time by which a person has to decide, and the seconds until then; negative afterwards. */
  dueAt: optionalText,
  secondsLeft: z.number().int().exactOptional(),
  urgent: flag.exactOptional(),
  /** The person who has the case now, and the time from which others may take it. */
  holder: z.looseObject({ by: text, until: text }).exactOptional(),
  noteCount: count.exactOptional(),
  /** The person who asked for another person's verdict, and cannot give it. */
  secondOpinion: remark.exactOptional(),
});

/** Everything that a person needs to decide a case. Every text in it may be hostile. */
export const reviewCase = review.extend({
  /** What the source or the person who reported says. */
  words: optionalText,
  /** Never fetched by offair: whoever opens a link should know what to expect. */
  evidence: z.array(z.looseObject({ url: text, sha256: optionalText })).exactOptional(),
  /** Why the rules decided as they did, and per rule the conditions that the report did not meet: by today's policy. */
  steps: z.array(text).exactOptional(),
  rules: z.array(z.looseObject({ rule: text, unmet: z.array(text) })).exactOptional(),
  /** Another policy decided. */
  policyChanged: flag.exactOptional(),
  /** Other reports of the stream, newest first: those of the last day that count for corroboration, and those that placed an order. */
  reports: z
    .array(
      z.looseObject({
        key: text,
        source: text,
        category: word<Category>(),
        score: z.number().exactOptional(),
        receivedAt: text,
        ageMinutes: z.number(),
        outcome: word<ReportOutcome>().exactOptional(),
        verdict: word<Verdict["verdict"]>().exactOptional(),
      }),
    )
    .exactOptional(),
  /** The latest orders of the stream, newest first. */
  orders: z.array(orderSummarySchema).exactOptional(),
  /**
   * Whether the stream is live now. `not-listed` is no proof, because Live lists a new push after minutes. `unknown`: Live could not be
   * asked, or its list is not readable. `why` says it in words.
   */
  live: z
    .looseObject({
      state: word<"live" | "not-listed" | "unknown">(),
      since: optionalText,
      clientAddress: optionalText,
      why: optionalText,
    })
    .exactOptional(),
  /** Oldest first. */
  notes: z.array(z.looseObject({ by: text, at: text, text })),
  /** Verdicts that were taken back, oldest first. */
  earlierVerdicts: z.array(verdict.extend({ takenBack: remark.exactOptional() })),
});

/** The answer of `next-case` if there is no case for this person. */
export const noCase = z.looseObject({
  /** One sentence for people. */
  says: text,
  /** Cases that wait and were not handed out: held by others, skipped by this person, for another person to decide. */
  held: count,
  skipped: count,
  awaitingOthers: count,
});

/** The answer of `reopen`. */
export const reopened = z.looseObject({
  /** The verdict that was taken back. */
  verdict,
  dueAt: optionalText,
  /** Of an approval: what its order did stays done. `undo`: the command that reverses it (`undo op-…`); absent after a pause. */
  stays: z.looseObject({ says: text, orderId: text, undo: optionalText }).exactOptional(),
});

/** One case of a plan of verdicts. */
export const plannedCase = z.looseObject({
  report: text,
  source: text,
  stream: stream.exactOptional(),
  category: word<Category>().exactOptional(),
  score: z.number().exactOptional(),
  rule: optionalText,
  dueAt: optionalText,
});

/**
 * A case of a plan of verdicts that gets none, with the reason: before the plan is stored or when it is applied.
 * `ended`: it has a verdict. `held`: another person has it, until `until`. `second-opinion`: this person asked for another person's verdict.
 * `open`: it waits; an interrupted `apply` is continued with `resume`.
 */
export const leftOutCase = z.looseObject({
  report: text,
  because: word<
    | ("ended" | "held" | "second-opinion" | "open")
    | ("untranslatable" | "protected-stream" | "out-of-scope" | "already-off")
  >(),
  by: optionalText,
  until: optionalText,
});
