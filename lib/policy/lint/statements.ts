/** Checks the section `statements` against the rest of the policy. */
import type { Policy } from "../policy.ts";
import type { PolicyIssue } from "./issue.ts";

export const statementIssues = ({ statements, sources }: Policy): PolicyIssue[] =>
  Object.keys(statements?.sources ?? {}).flatMap((name) =>
    Object.hasOwn(sources, name)
      ? []
      : [{ path: ["statements", "sources", name], message: "is not a source of the policy" }],
  );
