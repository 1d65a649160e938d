/** How many streams are live, counted beside the snapshots: limits on what the policy may do are a share of it. */
import { describeError, logError, logInfo } from "../core/log.ts";
import type { LiveStreams } from "../safeguards/action-limits.ts";

export interface LiveCountDeps {
  /** Streams that are pushed to the ingest domain, as Live counts them: those of the last minutes may be missing. */
  readonly onlineTotal: (domain: string) => Promise<number>;
  readonly write: (counted: LiveStreams) => Promise<void>;
  readonly now: () => Date;
}

/**
 * Counts all domains, or stores nothing: a count that lacks a domain would tighten limits for no reason, and an older one is nearer to
 * the truth. Never rejects, for a snapshot is worth having without it; what went wrong is logged.
 */
export async function recordLiveStreams(domains: readonly string[], deps: LiveCountDeps): Promise<void> {
  const countedAt = deps.now().toISOString();
  let count = 0;
  let domain: string | undefined;
  try {
    for (domain of domains) count += await deps.onlineTotal(domain);
    domain = undefined;
    await deps.write({ count, countedAt });
    logInfo("audit.counted", { count, countedAt });
  } catch (error) {
    logError("audit.not-counted", { ...(domain !== undefined && { domain }), ...describeError(error) });
  }
}
