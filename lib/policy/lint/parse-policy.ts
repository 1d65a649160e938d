import { policyShape } from "../schema.ts";
import { findIssues } from "./lint.ts";

/** What is not shaped right is told first, and alone: nothing sensible can be said of the rest. */
export const policySchema = policyShape.superRefine(findIssues, { when: ({ issues }) => issues.length === 0 });
