/** The requests about cases that wait for a person. */
import * as z from "zod";
import { change, hours, issue, reportKeySchema } from "./request-fields.ts";

/** Lists the reports that wait. With `report` and `verdict`: gives a verdict on one of them. */
export const reviewSchema = z
  .strictObject({
    action: z.literal("review"),
    ...change,
    after: z.string().min(1).max(2_048).optional(),
    report: reportKeySchema.optional(),
    verdict: z.enum(["approve", "reject"]).optional(),
    as: z.enum(["pause", "disable"]).optional(),
    hours: hours.optional(),
    /** Also if the stream is disabled until a later time, which ends its disable earlier. */
    shorten: z.boolean().optional(),
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
  .refine(({ as, verdict }) => as === undefined || verdict === "approve", issue("as", "is only for an approval"))
  .refine(
    ({ hours, verdict, as }) => hours === undefined || (verdict === "approve" && as !== "pause"),
    issue("hours", "is only for the approval of a disable"),
  )
  .refine(
    ({ shorten, verdict, as }) => !shorten || (verdict === "approve" && as !== "pause"),
    issue("shorten", "is only for the approval of a disable"),
  );
