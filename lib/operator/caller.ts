/**
 * Who asks. The gateway proves it and states an ARN; whoever invokes the function himself only claims a name, and may not claim one that
 * looks like an ARN. So an ARN in any record is proven, and a second person is somebody with an ARN of his own.
 */
import type { Issue } from "../core/issues.ts";
import type { OperatorEvent } from "./contract/request.ts";

export type Caller =
  | { readonly kind: "direct" }
  | { readonly kind: "gateway"; readonly arn: string; readonly mayBreakGlass: boolean };

/** NFKC: wide letters look like an ARN too; and so does one with something in it that nobody sees. */
const looksProven = (claimed: unknown): boolean =>
  typeof claimed === "string" && /^arn:/i.test(claimed.normalize("NFKC").replace(UNSEEN, ""));
const UNSEEN = /[\s\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;

/** The event with whose word it is. */
export function identifyCaller(
  event: unknown,
  caller: Caller,
): { readonly event: unknown } | { readonly issue: Issue } {
  if (typeof event !== "object" || event === null || Array.isArray(event)) return { event };
  const isNamed = Object.hasOwn(event, "requestedBy");
  if (caller.kind === "gateway") {
    if (isNamed) return { issue: { pointer: "/requestedBy", message: "is stated by the gateway: leave it out" } };
    return { event: { ...event, requestedBy: caller.arn } };
  }
  if (isNamed && "requestedBy" in event && looksProven(event.requestedBy)) return { issue: CLAIMED_ARN };
  return { event };
}

const CLAIMED_ARN: Issue = {
  pointer: "/requestedBy",
  message: "must not look like an ARN: only the gateway (POST /operator) states who somebody is",
};

/** What takes a person that is proven, or a right of its own; undefined: it is theirs to ask. */
export function forbiddenFields(event: OperatorEvent, caller: Caller): Issue | undefined {
  if (event.action === "approve" && caller.kind === "direct") {
    const message = "is for a second person, who exists only through POST /operator: a direct invocation proves nobody";
    return { pointer: "/action", message };
  }
  if (event.action === "apply" && event.breakGlass && !(caller.kind === "gateway" && caller.mayBreakGlass)) {
    const message =
      caller.kind === "direct"
        ? "is only through POST /operator/break-glass: a direct invocation proves nobody"
        : "is only through POST /operator/break-glass, which takes a right of its own";
    return { pointer: "/breakGlass", message };
  }
  return undefined;
}
