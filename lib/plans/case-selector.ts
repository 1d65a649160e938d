/** Criteria for cases that wait for a person. */
import * as z from "zod";
import { instantSchema } from "../core/instant.ts";
import { categorySchema } from "../reports/claim.ts";

export const sourceName = z.string().regex(/^[a-z0-9-]{1,64}$/, "must be a source's name");

/** A case must match all that are given. */
export const caseCriteria = {
  source: sourceName.exactOptional(),
  /** The id of the rule that asked for the review, or whose action is held. */
  rule: z.string().min(1).max(64).exactOptional(),
  category: categorySchema.exactOptional(),
  /** Received before this instant. */
  before: instantSchema.exactOptional(),
};

/** Of a plan: at least one criterion besides the category, so that nobody decides everything at once by mistake. */
export const caseSelectorSchema = z
  .strictObject(caseCriteria)
  .refine(
    ({ source, rule, before }) => source !== undefined || rule !== undefined || before !== undefined,
    "must name a source, a rule or an instant (before)",
  )
  .readonly();
export type CaseSelector = z.infer<typeof caseSelectorSchema>;
