/** Counts the streams that are live and stores the count: the policy's action limits can be a share of it. */
import { describeError, logError, logInfo } from "../core/log.ts";
import type { LiveStreams } from "../safeguards/action-limits.ts";

export interface LiveCountDeps {
  /** The number of streams that Live lists as pushed to the ingest domain. Streams of the last minutes may be missing in it. */
  readonly onlineTotal: (domain: string) => Promise<number>;
  readonly write: (counted: LiveStreams) => Promise<void>;
  readonly now: () => Date;
}

/**
 * Counts all domains or stores nothing: a count without one domain would tighten the limits wrongly, and the older count is more accurate.
 * Never rejects, because the audit does not need the count; errors are logged.
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
