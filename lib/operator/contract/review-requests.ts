/** The requests about cases: reports that are held for review until a person decides. */
import * as z from "zod";
import { OVERTURN_REASONS } from "../../orders/overturn.ts";
import { caseCriteria, caseSelectorSchema } from "../../plans/case-selector.ts";
import { MAX_NOTE_LENGTH, MAX_SKIPPED } from "./limits.ts";
import { base, change, hours, issue, prose, reportKeySchema } from "./request-fields.ts";

/** Cases of one plan of verdicts. */
export const MAX_PLAN_CASES = 500;

/** Lists the cases that wait, by the time at which they are due. With `report` and `verdict`: gives a verdict on one of them. */
export const reviewSchema = z
  .strictObject({
    action: z.literal("review"),
    ...change,
    /** `next` of the previous page. A page of a list with criteria may be empty, although more pages follow. */
    after: z.string().min(1).max(2_048).optional(),
    ...caseCriteria,
    report: reportKeySchema.optional(),
    verdict: z.enum(["approve", "reject"]).optional(),
    as: z.enum(["pause", "disable"]).optional(),
    hours: hours.optional(),
    /** Also if the stream is disabled until a later time, which ends its disable earlier. */
    shorten: z.boolean().optional(),
    /** Of the approval of an appeal: why the action was wrong, as `overturn` has it. By default a false positive. */
    because: z.enum(OVERTURN_REASONS).optional(),
    /** False: the response does not wait for the outcome of an approval's order. `status` with the order id has it. */
    wait: z.boolean().optional(),
  })
  .refine(
    ({ report, verdict }) => report !== undefined || verdict === undefined,
    issue("report", "is missing: a verdict names its report"),
  )
  .refine(
    ({ report, verdict }) => report === undefined || verdict !== undefined,
    issue("verdict", "must be approve or reject if a report is named"),
  )
  .refine(
    ({ report, after }) => report === undefined || after === undefined,
    issue("after", "is for the list, and not for one report"),
  )
  .superRefine((asked, context) => {
    if (asked.report === undefined) return;
    for (const name of ["source", "rule", "category", "before"] as const)
      if (asked[name] !== undefined)
        context.addIssue({ code: "custom", path: [name], message: "is for the list, and not for one report" });
  })
  .refine(({ as, verdict }) => as === undefined || verdict === "approve", issue("as", "is only for an approval"))
  .refine(
    ({ because, verdict }) => because === undefined || verdict === "approve",
    issue("because", "is only for the approval of an appeal"),
  )
  .refine(({ wait, verdict }) => wait === undefined || verdict === "approve", issue("wait", "is only for an approval"))
  .refine(
    ({ hours, verdict, as }) => hours === undefined || (verdict === "approve" && as !== "pause"),
    issue("hours", "is only for the approval of a disable"),
  )
  .refine(
    ({ shorten, verdict, as }) => !shorten || (verdict === "approve" && as !== "pause"),
    issue("shorten", "is only for the approval of a disable"),
  );

const ofCase = { ...base, report: reportKeySchema };

export const caseSchemas = [
  /** Shows one case with everything that a person needs to decide, also after its verdict. Only reads. */
  z.strictObject({ action: z.literal("case"), ...ofCase }),
  /**
   * Hands out the most urgent case that nobody holds and that this person may decide, and holds it for five minutes for this person. A case
   * that this person holds already comes first, and is held for five minutes more. Sample cases come after all others.
   */
  z.strictObject({
    action: z.literal("next-case"),
    ...base,
    /** Cases that this person does not want now: those that were skipped, and the one on the screen if the next is fetched early. */
    skip: z.array(reportKeySchema).max(MAX_SKIPPED).default([]),
  }),
  /** Ends this person's hold without a verdict. Does nothing if this person does not hold the case. */
  z.strictObject({ action: z.literal("release"), ...ofCase }),
  z.strictObject({ action: z.literal("note"), ...ofCase, text: prose(MAX_NOTE_LENGTH) }),
  /** Asks for another person's verdict, for the reason given. This person cannot decide the case any more, and does not hold it. */
  z.strictObject({ action: z.literal("second-opinion"), ...ofCase }),
  /** Takes a verdict back: the case waits again, with a new due time. The verdict is kept. */
  z.strictObject({ action: z.literal("reopen"), ...ofCase }),
  /**
   * Plans the same verdict on every case that matches. The plan expires after ten minutes; `approve`, `apply`, `status` and `cancel` name
   * it like the plan of a batch. It changes nothing.
   */
  z
    .strictObject({
      action: z.literal("plan-verdicts"),
      ...base,
      verdict: z.enum(["approve", "reject"]),
      cases: caseSelectorSchema,
      /** Of an approval, which does the same to every case: there is no default. */
      as: z.enum(["pause", "disable"]).optional(),
      hours: hours.optional(),
    })
    .refine(
      ({ as, verdict }) => (as !== undefined) === (verdict === "approve"),
      issue("as", "must be pause or disable for an approval, and is not for a rejection"),
    )
    .refine(({ hours, as }) => hours === undefined || as === "disable", issue("hours", "is only for a disable")),
] as const;
