/**
 * Checks a policy that matches the schema for contradictions, for rules that can never match, and for entries without effect. An issue says
 * where it is, what is wrong and what to do. It quotes only names whose format rules out a secret that was pasted by mistake.
 */
import type * as z from "zod";
import type { Policy } from "../policy.ts";
import { reviewWithinIssues } from "./review-within.ts";
import { ruleIssues } from "./rules.ts";
import { scopeIssues } from "./scope.ts";
import { sourceIssues } from "./sources.ts";
import { statementIssues } from "./statements.ts";
import { subscriberIssues } from "./subscribers.ts";

/** For `superRefine`: adds each issue at its path in the policy. */
export function findIssues(policy: Policy, context: z.RefinementCtx): void {
  const issues = [
    ...sourceIssues(policy),
    ...scopeIssues(policy),
    ...ruleIssues(policy),
    ...reviewWithinIssues(policy),
    ...subscriberIssues(policy),
    ...statementIssues(policy),
  ];
  for (const { path, message } of issues) context.addIssue({ code: "custom", path: [...path], message });
}
