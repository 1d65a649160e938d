/**
 * Checks a policy that matches the schema for contradictions, for rules that can never match, and for entries without effect. An issue says
 * where it is, what is wrong and what to do. It quotes only names whose format rules out a secret that was pasted by mistake.
 */
import type { Policy } from "../policy.ts";
import { policyShape } from "../schema.ts";
import { issuesAt, type PolicyIssue } from "./issue.ts";
import { reviewWithinIssues } from "./review-within.ts";
import { ruleIssues } from "./rules.ts";
import { scopeIssues } from "./scope.ts";
import { sourceIssues } from "./sources.ts";
import { subscriberIssues } from "./subscribers.ts";

const issuesOf = (policy: Policy): PolicyIssue[] => [
  ...sourceIssues(policy),
  ...scopeIssues(policy),
  ...ruleIssues(policy),
  ...reviewWithinIssues(policy),
  ...subscriberIssues(policy),
  ...statementIssues(policy),
];

const statementIssues = ({ statements, sources }: Policy): PolicyIssue[] =>
  Object.keys(statements?.sources ?? {}).flatMap((name) =>
    issuesAt([["statements", "sources", name], !Object.hasOwn(sources, name) && "is not a source of the policy"]),
  );

/** The schema with all checks; the checks run only if the schema found no issue. */
export const policySchema = policyShape.superRefine(
  (policy, context) => {
    for (const { path, message } of issuesOf(policy)) {
      context.addIssue({ code: "custom", path: [...path], message });
    }
  },
  { when: ({ issues }) => issues.length === 0 },
);
