/** What is off already, as Live lists it: seen on the list is off, not seen proves nothing. */
import { describeError, logWarn } from "../core/log.ts";
import { type Stream, streamKey } from "../core/stream.ts";
import { HOUR_MS } from "../core/time.ts";
import type { ListDisabled } from "../orders/live-lists.ts";

export interface OffNow {
  /** Resume time by stream; null where Live names no end. */
  readonly until: ReadonlyMap<string, string | null>;
  /** Every list was read to its end. */
  readonly isWhole: boolean;
}

export const NOTHING_LOOKED_AT: OffNow = { until: new Map(), isWhole: true };

/** One walk of each domain's list, side by side. One that fails takes nothing along: what was seen is off. */
export async function readOffNow(
  domains: readonly string[],
  filter: { readonly app?: string | undefined },
  listDisabled: ListDisabled,
): Promise<OffNow> {
  const until = new Map<string, string | null>();
  const walks = domains.map(async (domain) => {
    try {
      for await (const { rows } of listDisabled(domain, filter)) {
        for (const { resumeTime, ...stream } of rows) until.set(streamKey(stream), resumeTime);
      }
      return true;
    } catch (failure) {
      logWarn("operator.disabled-list-unavailable", { domain, ...describeError(failure) });
      return false;
    }
  });
  return { until, isWhole: (await Promise.all(walks)).every((isWhole) => isWhole) };
}

/** Hours are asked for whole, so an entry that ends within one of the time asked for is the same ban, asked for a little earlier. */
const SAME_BAN_MS = HOUR_MS;

/** @param resumeTime - that is asked for; undefined of a pause, which does nothing to a stream that is off. */
export function isOffAlready(stream: Stream, resumeTime: string | undefined, { until }: OffNow): boolean {
  const listed = until.get(streamKey(stream));
  if (listed === undefined) return false;
  if (listed === null || resumeTime === undefined) return true;
  return Date.parse(listed) + SAME_BAN_MS > Date.parse(resumeTime);
}
