/**
 * Identifies the caller. The gateway proves the identity and passes an ARN. A direct invocation only claims a name, which must not look
 * like an ARN. So every ARN in a record is proven, and a second person is a person with another ARN.
 */
import type { Issue } from "../core/issues.ts";
import type { OperatorEvent } from "./contract/request.ts";

export type Caller =
  | { readonly kind: "direct" }
  | { readonly kind: "gateway"; readonly arn: string; readonly mayBreakGlass: boolean };

/** NFKC and the removal of invisible characters also find ARNs in wide letters, or with hidden characters. */
const looksProven = (claimed: unknown): boolean =>
  typeof claimed === "string" && /^arn:/i.test(claimed.normalize("NFKC").replace(UNSEEN, ""));
const UNSEEN = /[\s\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;

/** Adds the identity to the event. */
export function identifyCaller(
  event: unknown,
  caller: Caller,
): { readonly event: unknown } | { readonly issue: Issue } {
  if (typeof event !== "object" || event === null || Array.isArray(event)) return { event };
  const isNamed = Object.hasOwn(event, "requestedBy");
  if (caller.kind === "gateway") {
    if (isNamed) return { issue: { pointer: "/requestedBy", message: "is set by the gateway: leave it out" } };
    return { event: { ...event, requestedBy: caller.arn } };
  }
  if (isNamed && "requestedBy" in event && looksProven(event.requestedBy)) return { issue: CLAIMED_ARN };
  return { event };
}

const CLAIMED_ARN: Issue = {
  pointer: "/requestedBy",
  message: "must not look like an ARN: only the gateway (POST /operator) can prove an identity",
};

/** Actions that need a proven identity or a permission of their own. @returns undefined if the caller may ask for the event. */
export function forbiddenFields(event: OperatorEvent, caller: Caller): Issue | undefined {
  if (event.action === "approve" && caller.kind === "direct") {
    const message =
      "needs a second person with a proven identity: use POST /operator; a direct invocation proves no identity";
    return { pointer: "/action", message };
  }
  if (event.action === "apply" && event.breakGlass && !(caller.kind === "gateway" && caller.mayBreakGlass)) {
    const message =
      caller.kind === "direct"
        ? "is accepted only through POST /operator/break-glass: a direct invocation proves no identity"
        : "is accepted only through POST /operator/break-glass, which needs a permission of its own";
    return { pointer: "/breakGlass", message };
  }
  return undefined;
}
