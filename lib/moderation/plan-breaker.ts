/** How many streams one person may act on at once, and what takes a second one. */
import type { PlanAnswer } from "./incident-answer.ts";
import { mostInAll } from "./limits.ts";
import type { Policy } from "./policy.ts";

/** What one person may do alone: the smaller of the limits that hold for rules together. */
export function breakerOf(count: number, liveStreams: number | undefined, policy: Policy): PlanAnswer["breaker"] {
  const { total, share } = mostInAll(liveStreams, policy);
  return {
    most: Math.min(total, share),
    limit: share < total ? "limit-share" : "limit-total",
    needsApproval: [
      ...(count > total ? (["limit-total"] as const) : []),
      ...(count > share ? (["limit-share"] as const) : []),
    ],
  };
}
