/** How many streams one person may act on alone, and what takes a second one. */
import type { PlanAnswer } from "../operator/response.ts";
import type { Policy } from "../policy/policy.ts";
import { mostInAll } from "./action-limits.ts";

interface Known {
  /** Streams that this person acted on alone in the window. */
  readonly used: number;
  /** As last counted; undefined while nobody has. */
  readonly liveStreams: number | undefined;
}

/** What one person may do alone: the smaller of the limits that hold for rules together. */
export function breakerOf(count: number, { used, liveStreams }: Known, policy: Policy): PlanAnswer["breaker"] {
  const { total, share } = mostInAll(liveStreams, policy);
  return {
    most: Math.max(0, Math.min(total, share) - used),
    limit: share < total ? "limit-share" : "limit-total",
    needsApproval: [
      ...(used + count > total ? (["limit-total"] as const) : []),
      ...(used + count > share ? (["limit-share"] as const) : []),
    ],
  };
}
