/**
 * What is wrong with a policy although its shape is right: what contradicts itself, can never come about, or protects nobody. A fault says
 * where, what, and what to do. Of what was typed it repeats names only where a shape keeps a pasted secret from being one.
 */
import type * as z from "zod";
import type { Policy } from "../policy.ts";
import { ruleIssues } from "./rules.ts";
import { scopeIssues } from "./scope.ts";
import { sourceIssues } from "./sources.ts";

/** For `superRefine`: each fault at its place in the policy. */
export function findIssues(policy: Policy, context: z.RefinementCtx): void {
  const issues = [...sourceIssues(policy), ...scopeIssues(policy), ...ruleIssues(policy)];
  for (const { path, message } of issues) context.addIssue({ code: "custom", path: [...path], message });
}
