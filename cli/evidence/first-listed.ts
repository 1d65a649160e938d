/**
 * When streams were first listed, with the resume time that they have: each audit stores what it found newly disabled or changed, and that
 * is much less to read than its lists.
 */
import { parseFinding } from "../../lib/archive/line-schemas.ts";
import { type Stream, streamKey } from "../../lib/core/stream.ts";
import { DAY_MS } from "../../lib/core/time.ts";
import type { FirstListed } from "../../lib/evidence/history/off-period.ts";
import type { ChainEntries } from "./chain-entries.ts";
import type { Evidence } from "./checked-reader.ts";

/** Live disables for 90 days at most. What has no end, and was there before, is listed since longer than anybody looks back. */
const LONGEST_MS = 91 * DAY_MS;

const BEGINNINGS = new Set(["disabled", "changed"]);

/** The last time before the place that each was found. Null for one that was not. */
export async function findFirstListed(
  streams: readonly Stream[],
  before: { readonly place: number; readonly day: Date },
  entries: ChainEntries,
  evidence: Evidence,
): Promise<FirstListed> {
  const wanted = new Set(streams.map(streamKey));
  const found = new Map<string, { at: string; object: string } | null>();
  for await (const { entry } of entries.audits(0, before.place, -1)) {
    const { findings, slot } = entry.manifest;
    if (wanted.size === 0 || Date.parse(slot) < before.day.getTime() - LONGEST_MS) break;
    if (!findings || findings.disabled + findings.changed === 0) continue;
    for await (const finding of evidence.lines(findings, parseFinding)) {
      const key = streamKey(finding);
      if (BEGINNINGS.has(finding.kind) && wanted.delete(key)) found.set(key, { at: slot, object: findings.object });
    }
  }
  for (const key of wanted) found.set(key, null);
  return found;
}
