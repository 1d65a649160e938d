/** The events of reports and cases. */
import * as z from "zod";
import * as field from "./data-fields.ts";
import type { Entry } from "./entry.ts";

const appealOf = field.orderNumber("Of an appeal: number of the stream's order that it is about").exactOptional();

const ofCase = {
  report: field.report,
  kind: z
    .enum(["report", "message", "appeal"])
    .describe(
      "report: a report on a stream. message: an authenticated message that could not be translated, so it has no stream. " +
        "appeal: an appeal against an order, as the platform sent it",
    ),
  source: field.source,
  stream: field.stream.exactOptional(),
  category: field.category.exactOptional(),
  round: z.int().min(0).describe("0 at first, and one more each time that a person takes the verdict back"),
  sample: z
    .literal(true)
    .describe("The action was carried out and drawn for the sample: the verdict acts on nothing")
    .exactOptional(),
  appealOf,
  dueAt: field.instant("The time by which a person has to decide").exactOptional(),
};

export const REPORT_EVENTS = {
  "report.decided": {
    when: "The policy answered a report. If the answer acts on the stream, it occurs again, with `outcome`, when the report has ended.",
    data: z.strictObject({
      stream: field.stream,
      report: field.report,
      source: field.source,
      category: field.category,
      receivedAt: field.instant("When the report was received"),
      decidedAt: field.instant("When the policy answered"),
      action: z
        .enum(["ignore", "review", "refuse", "pause", "disable"])
        .describe("The policy's answer; review: a person decides; refuse: offair may not act on the stream"),
      because: field.because("Why"),
      rule: field.rule.exactOptional(),
      until: field.until.exactOptional(),
      grade: z
        .string()
        .regex(/^[A-F]$/)
        .describe("Assurance level of the source, A to F")
        .exactOptional(),
      mode: z.enum(["observe", "enforce"]).describe("observe: decisions are recorded, none is carried out"),
      policy: field.policy,
      outcome: z
        .enum([
          ...(["accepted", "verified", "unverified", "unknown", "refused", "held", "failed", "superseded"] as const),
          ...(["ignored", "review", "observed"] as const),
        ])
        .describe(
          "How the report ended, with its order's outcome or without an order; absent while its order is under way",
        )
        .exactOptional(),
      outcomeBecause: field.because("Why it ended so, if the outcome alone does not say it").exactOptional(),
      endedAt: field.instant("When the report ended").exactOptional(),
      order: field.orderNumber("Number of the order that the report placed").exactOptional(),
      republish: field.republish.exactOptional(),
      appealOf,
    }),
  },
  "case.opened": {
    when: "A report, or a message that could not be translated, waits for a person; again after its verdict was taken back.",
    data: z.strictObject({
      ...ofCase,
      urgent: z.literal(true).describe("A rule with `urgent` asked for it: people are alerted at once").exactOptional(),
      because: field.because("Why it waits").exactOptional(),
      action: z
        .enum(["ignore", "review", "refuse", "pause", "disable"])
        .describe("The policy's answer; pause or disable: the action is held until a person decides")
        .exactOptional(),
      rule: field.rule.exactOptional(),
    }),
  },
  "case.due": {
    when: "The clock alerted people to a case: at once if it is urgent, at half of its time, at 80 % of it, and when it is over.",
    data: z.strictObject({
      ...ofCase,
      alarm: z
        .enum(["urgent", "half", "nearly", "missed"])
        .describe("urgent: at once. half, nearly: at half and at 80 % of the time. missed: the time is over"),
    }),
  },
  "case.decided": {
    when: "A person gave a case its verdict. After a verdict was taken back, the next verdict gives another event with the next `round`.",
    data: z.strictObject({
      ...ofCase,
      verdict: z
        .enum(["approved", "rejected"])
        .describe("approved: the report is right, or the appeal is granted. rejected: it is not"),
      by: field.person("Who decided"),
      action: z
        .enum(["pause", "disable", "enable"])
        .describe(
          "The action that was approved; enable: of an appeal, if the order that it is about kept the stream off",
        )
        .exactOptional(),
      until: field.until.exactOptional(),
      orderId: field.orderId("The order of the approval, or the plan by which the verdict was given").exactOptional(),
    }),
  },
} as const satisfies Record<string, Entry>;
