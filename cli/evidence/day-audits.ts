/** The chain entries of a day, and the page of an audit. The signatures are not checked here: see `offair verify`. */
import type { Bundle } from "../../lib/archive/bundle.ts";
import type { ChainEntry } from "../../lib/archive/chain-entry.ts";
import { parseObjectName } from "../../lib/archive/object-names.ts";
import type { Span } from "../../lib/evidence/history/off-period.ts";
import { type ChainEntries, openEntries } from "./chain-entries.ts";
import { createCheckedReader, type Gap } from "./checked-reader.ts";
import { gapsOf } from "./day-gaps.ts";

export type AuditRow = ReturnType<typeof rowOf>;

export async function auditsOf(bundle: Bundle, span: Span) {
  const entries = await openEntries(bundle);
  const [first, after] = [await entries.placeOf(span.from), await entries.placeOf(span.until)];
  const gaps: Gap[] = [];
  for await (const gap of gapsOf(entries, span, first, after)) gaps.push(gap);
  const audits: AuditRow[] = [];
  for await (const { entry } of entries.range(first, after)) if (entry) audits.push(rowOf(entry));
  return { audits, gaps };
}

function rowOf({ number, sha256, manifest }: ChainEntry) {
  const { kind, slot } = manifest;
  const row = { number, kind, slot, sha256, isScheduled: kind !== "audit" || manifest.scheduled };
  if (manifest.kind !== "audit") return { ...row, lists: [], lacks: [] };
  const { snapshots, findings, page, lacks = [] } = manifest;
  const drift = findings?.drift && Object.values(findings.drift).reduce((sum, count) => sum + count, 0);
  return {
    ...row,
    lists: snapshots.map(({ domain, count, complete: isComplete }) => ({ domain, count, isComplete })),
    lacks: lacks.map(({ part, error }) => `${part}: ${error}`),
    ...(drift !== undefined && { drift }),
    ...(page && { page: page.object }),
  };
}

/** @returns no bytes, and a gap, if no entry names the page, or if it is not as its entry states. */
export async function readAuditPage(bundle: Bundle, object: string) {
  const reader = createCheckedReader(bundle);
  const stored = await pageOf(object, await openEntries(bundle));
  if (!stored) reader.gap({ kind: "missing", object, message: "no entry of the chain names such a page" });
  const bytes = stored && (await reader.bytes(stored));
  const gaps = reader.gaps();
  return { gaps, ...(bytes && gaps.length === 0 && { bytes }) };
}

/** Entries of one moment: a scheduled audit, and those that people asked for in the same second. */
const AT_ONE_MOMENT = 60;

async function pageOf(object: string, entries: ChainEntries) {
  const name = parseObjectName(object);
  if (name?.folder !== "pages") return undefined;
  const place = await entries.placeOf(name.slot);
  for await (const { entry } of entries.audits(place, place + AT_ONE_MOMENT))
    if (entry.manifest.page?.object === object) return entry.manifest.page;
  return undefined;
}
