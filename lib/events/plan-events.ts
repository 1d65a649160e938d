/** The events of plans. */
import * as z from "zod";
import * as field from "./data-fields.ts";
import type { Entry } from "./entry.ts";

const ofPlan = {
  orderId: field.orderId("Id of the plan"),
  action: z
    .enum(["pause", "disable", "enable", "reject"])
    .describe("What happens to the streams; reject: the verdict on the cases of the plan, and no stream changes"),
  until: field.until.exactOptional(),
  count: z.int().min(1).max(5_000).describe("Number of streams, or of cases that are rejected"),
  requestedBy: field.person("Who made the plan"),
  plannedAt: field.instant("When the plan was made"),
  policy: field.policy,
  reason: field.reason.exactOptional(),
  undoes: field.orderId("The batch that the plan undoes").exactOptional(),
};

const number = z.int().min(0);

export const PLAN_EVENTS = {
  "plan.awaiting-approval": {
    when: "An operator made a plan that a second person has to approve before it can be applied.",
    data: z.strictObject({
      ...ofPlan,
      expiresAt: field.instant("After this time the plan cannot be applied"),
      needsApproval: z
        .array(z.enum(["limit-total", "limit-share", "protected-stream"]))
        .min(1)
        .max(3)
        .describe("Why: the limits of the two-person rule that it exceeds, or a protected stream"),
    }),
  },
  "plan.applied": {
    when: "An operator applied a plan: from then on its orders are carried out.",
    data: z.strictObject({
      ...ofPlan,
      appliedBy: field.person("Who applied it"),
      approvedBy: field.person("The second person, who approved it").exactOptional(),
      breakGlass: z
        .literal(true)
        .describe("The break-glass right was used instead of the second person")
        .exactOptional(),
    }),
  },
  "plan.finished": {
    when: "Every stream of an applied plan has a result, or the plan was cancelled: one event each. A plan of rejections has no results.",
    data: z.strictObject({
      ...ofPlan,
      cancelled: z
        .strictObject({ by: field.person("Who cancelled it"), at: field.instant("When") })
        .describe("Set if it was cancelled or undone: no further order is sent")
        .exactOptional(),
      open: number.describe("Streams without a result; 0 once every stream has one"),
      counts: z
        .strictObject({
          accepted: number.describe("Live took a pause"),
          verified: number.describe("Shown by Live's list; of a pause: the push is over"),
          unverified: number.describe("Live took it, and its list did not show it in time"),
          unknown: number.describe("A response was lost"),
          refused: number.describe("By offair, before any call"),
          held: number.describe("Its source is frozen"),
          failed: number.describe("Live rejected it"),
          superseded: number.describe("A newer order exists, so nothing was sent"),
          cancelled: number.describe("The batch was cancelled first, so nothing was sent"),
        })
        .describe("Streams by result, when the event was made"),
    }),
  },
} as const satisfies Record<string, Entry>;
