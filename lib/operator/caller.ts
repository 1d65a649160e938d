/**
 * Identifies the caller. The gateway proves the identity and passes an ARN. A direct invocation only claims a name, which is recorded as
 * `name (claimed)` and is shown so wherever the record is shown. So every ARN in a record is proven, and a second person is a person with
 * another ARN.
 */
import type { Issue } from "../core/issues.ts";
import type { OperatorEvent } from "./contract/request.ts";

export type Caller =
  | { readonly kind: "direct" }
  | { readonly kind: "gateway"; readonly arn: string; readonly mayBreakGlass: boolean };

/** Without a colon and other scripts, no name looks like an ARN; without parentheses, no name contains the mark itself. */
const CLAIMABLE = /^[A-Za-z0-9@._ -]{1,128}$/;

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
  const claimed = isNamed && "requestedBy" in event ? event.requestedBy : undefined;
  if (typeof claimed !== "string") return { event }; // the schema refuses it
  if (!CLAIMABLE.test(claimed) || claimed.trim() === "") return { issue: NOT_CLAIMABLE };
  return { event: { ...event, requestedBy: `${claimed.trim()} (claimed)` } };
}

const NOT_CLAIMABLE: Issue = {
  pointer: "/requestedBy",
  message:
    "must be a plain name (at most 128 ASCII letters, digits, spaces and @ . _ -): only the gateway (POST /operator) can prove an identity",
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
