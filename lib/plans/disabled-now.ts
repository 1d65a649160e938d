/** Streams that Live lists as disabled. A stream that is not listed may be disabled all the same. */
import { describeError, logWarn } from "../core/log.ts";
import { type Stream, streamKey } from "../core/stream.ts";
import { HOUR_MS } from "../core/time.ts";
import { addUnreadable, type ListDisabled, type StreamFilter, type UnreadableRows } from "../orders/live-lists.ts";

export interface OffNow {
  /** Resume time by stream. Null: Live returned none. */
  readonly until: ReadonlyMap<string, string | null>;
  /** Every list was read to its end, and every row of it. */
  readonly isWhole: boolean;
}

export const NOTHING_LOOKED_AT: OffNow = { until: new Map(), isWhole: true };

/** Reads the lists of all domains concurrently. If one fails, the rows read so far are kept. */
export async function readOffNow(
  domains: readonly string[],
  filter: StreamFilter,
  listDisabled: ListDisabled,
): Promise<OffNow> {
  const until = new Map<string, string | null>();
  const walks = domains.map(async (domain) => {
    try {
      let unreadable: UnreadableRows | undefined;
      for await (const { rows, unreadable: unread } of listDisabled(domain, filter)) {
        unreadable = addUnreadable(unreadable, domain, unread);
        for (const { resumeTime, ...stream } of rows) until.set(streamKey(stream), resumeTime);
      }
      if (unreadable) logWarn("operator.disabled-rows-unreadable", { ...unreadable });
      return unreadable === undefined;
    } catch (failure) {
      logWarn("operator.disabled-list-unavailable", { domain, ...describeError(failure) });
      return false;
    }
  });
  return { until, isWhole: (await Promise.all(walks)).every((isWhole) => isWhole) };
}

/** Durations are whole hours, so an entry that ends less than an hour earlier is the same disable, requested a little earlier. */
const SAME_BAN_MS = HOUR_MS;

/** @param resumeTime - of the request. Undefined: a pause, which does nothing to a disabled stream. */
export function isOffAlready(stream: Stream, resumeTime: string | undefined, { until }: OffNow): boolean {
  const listed = until.get(streamKey(stream));
  if (listed === undefined) return false;
  if (listed === null || resumeTime === undefined) return true;
  return Date.parse(listed) + SAME_BAN_MS > Date.parse(resumeTime);
}
