/** The events of streams. */
import * as z from "zod";
import * as field from "./data-fields.ts";
import type { Entry } from "./entry.ts";

const ofOrder = {
  stream: field.stream,
  outcome: field.outcome,
  order: field.order,
  placedAt: field.instant("When the order was placed"),
  endedAt: field.instant("When Live's answer was written: the stream changed at this time or shortly before"),
  decidedBy: field.decidedBy,
  category: field.category.exactOptional(),
  report: field.report.exactOptional(),
  reason: field.reason.exactOptional(),
  previous: field.previous,
  republish: field.republish.exactOptional(),
  repairs: field.repairs.exactOptional(),
};

export const STREAM_EVENTS = {
  "stream.paused": {
    when: "A push was cut, or may have been. It occurs again with the same order when more becomes known: a proof, or that an earlier proof was of another push.",
    data: z.strictObject({
      action: z.literal("pause").describe("The action of the order"),
      ...ofOrder,
      proof: field.proof.exactOptional(),
    }),
  },
  "stream.disabled": {
    when: "A stream was forbidden to be pushed until `until`, or may have been; also when a disable in force got another end, or was repaired.",
    data: z.strictObject({
      action: z.literal("disable").describe("The action of the order"),
      until: field.until,
      ...ofOrder,
    }),
  },
  "stream.enabled": {
    when: "A stream was allowed to be pushed again before its resume time, or may have been. A disable that ends by itself gives no event.",
    data: z.strictObject({ action: z.literal("enable").describe("The action of the order"), ...ofOrder }),
  },
  "stream.republished": {
    when: "A stream that was to be off the air was pushed again, or its push went on. The events of the order that answers it follow.",
    data: z.strictObject({
      stream: field.stream,
      ...field.republish.shape,
      report: field.report,
      category: field.category.exactOptional(),
      action: z
        .enum(["pause", "disable", "review", "refuse"])
        .describe(
          "The answer: pause or disable again; review: a person decides; refuse: offair may not act on the stream",
        ),
      order: field.orderNumber("Number of the order that answers it; absent if there is none").exactOptional(),
      outcome: z
        .enum(["held", "review", "observed", "refused"])
        .describe("Why no order was placed; absent if there is one")
        .exactOptional(),
    }),
  },
  "stream.expiring": {
    when: "An audit found that a disable ends soon, within the policy's `expiringHours`. Once per order.",
    data: z.strictObject({
      stream: field.stream,
      order: field.orderNumber("Number of the order that disabled the stream"),
      until: field.until,
    }),
  },
} as const satisfies Record<string, Entry>;
