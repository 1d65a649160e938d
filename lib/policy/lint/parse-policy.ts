import { policyShape } from "../schema.ts";
import { findFaults } from "./lint.ts";

/** What is not shaped right is told first, and alone: nothing sensible can be said of the rest. */
export const policySchema = policyShape.superRefine(findFaults, { when: ({ issues }) => issues.length === 0 });
