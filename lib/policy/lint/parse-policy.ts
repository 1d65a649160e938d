import { policyShape } from "../schema.ts";
import { findIssues } from "./lint.ts";

/** The schema with all checks; the checks run only if the schema found no issue. */
export const policySchema = policyShape.superRefine(findIssues, { when: ({ issues }) => issues.length === 0 });
