/**
 * Finds when streams were first listed with their current resume time. It reads the findings of earlier audits, which contain newly
 * disabled and changed streams and are much smaller than the lists.
 */
import { parseFinding } from "../../lib/archive/line-schemas.ts";
import { type Stream, streamKey, streamOf } from "../../lib/core/stream.ts";
import { DAY_MS } from "../../lib/core/time.ts";
import type { FirstListed, FirstListing } from "../../lib/evidence/history/off-period.ts";
import type { ChainEntries } from "./chain-entries.ts";
import type { CheckedReader } from "./checked-reader.ts";

/** Live disables for 90 days at most. An entry without an end may be older; it is then reported as listed before. */
const LONGEST_MS = 91 * DAY_MS;

const BEGINNINGS = new Set(["disabled", "changed"]);

/** @returns the last such finding before the place for each stream; null for a stream without one. */
export async function findFirstListed(
  streams: readonly Stream[],
  before: { readonly place: number; readonly day: Date },
  entries: ChainEntries,
  reader: CheckedReader,
): Promise<FirstListed> {
  const wanted = new Set(streams.map(streamKey));
  const found = new Map<string, FirstListing | null>();
  /** Found, and the complete list before it is still looked for. */
  const open = new Map<string, FirstListing>();
  for await (const { entry } of entries.audits(0, before.place, -1)) {
    const { findings, slot, snapshots } = entry.manifest;
    if (wanted.size + open.size === 0 || Date.parse(slot) < before.day.getTime() - LONGEST_MS) break;
    for (const [key, first] of open) {
      const list = snapshots.find(({ domain, complete }) => complete && domain === streamOf(key).domain);
      if (!list) continue;
      found.set(key, { ...first, since: list.startedAt });
      open.delete(key);
    }
    if (wanted.size === 0) continue;
    if (!findings || findings.disabled + findings.changed === 0) continue;
    for await (const finding of reader.lines(findings, parseFinding)) {
      const key = streamKey(finding);
      if (!BEGINNINGS.has(finding.kind) || !wanted.delete(key)) continue;
      const seenAt = snapshots.find(({ domain }) => domain === finding.domain)?.endedAt ?? slot;
      const first = { at: slot, object: findings.object, seenAt };
      found.set(key, first);
      open.set(key, first);
    }
  }
  for (const key of wanted) found.set(key, null);
  return found;
}
