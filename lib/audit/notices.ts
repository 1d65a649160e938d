/**
 * Stores the findings of an audit that give events: drift once per audit, and a disable that ends soon once per order. The notices are written
 * after the chain entry, because only then are the findings final. Each audit first writes the notices of the entry before it, from the
 * archive, because that audit may have been interrupted. Each notice has a key of its own, so that it is stored once.
 */
import type { ChainEntry } from "../archive/chain-entry.ts";
import { isAlarming } from "../archive/findings.ts";
import { type FindingLine, parseFinding } from "../archive/line-schemas.ts";
import { type AuditManifest, DRIFT_KINDS, type DriftKind, type StoredObject } from "../archive/manifest.ts";
import { readLines } from "../archive/ndjson.ts";
import { type AuditArchive, readStored } from "../archive/object-store.ts";
import { logOrThrow } from "../core/log.ts";
import { mapConcurrently } from "../core/map-concurrently.ts";
import { nameOf, type Stream, streamKey } from "../core/stream.ts";
import type { AuditNotice } from "../events/audit-notice.ts";

export interface NoticeDeps {
  readonly archive: AuditArchive;
  /** The canary's stream: it gives no notice. */
  readonly canary?: Stream;
  /** Stores a notice; a second one with the same key changes nothing. */
  readonly writeNotice: (notice: AuditNotice) => Promise<void>;
}

/** A finding of drift, with what a notice needs of it. */
type NotedFinding = FindingLine & { readonly kind: DriftKind };

const isDrift = (finding: FindingLine): finding is NotedFinding => DRIFT_KINDS.some((kind) => kind === finding.kind);

const CONCURRENCY = 20;

/** Pure: the same manifest and findings give the same notices. */
function noticesOf(
  { slot, number: entry, writtenAt: foundAt, findings }: AuditManifest,
  drift: readonly NotedFinding[],
  canary?: Stream,
): AuditNotice[] {
  const noted = drift.filter((finding) => !canary || streamKey(finding) !== streamKey(canary));
  const expiring = noted.flatMap((finding): AuditNotice[] => {
    const { kind, number: orderNumber, resumeTime } = finding;
    if (kind !== "expiring" || orderNumber === undefined || typeof resumeTime !== "string") return [];
    return [{ kind, stream: nameOf(finding), orderNumber, resumeTime, foundAt }];
  });
  const counts: Record<string, number> = {};
  for (const { kind } of noted.filter((finding) => isAlarming(finding))) counts[kind] = (counts[kind] ?? 0) + 1;
  if (Object.keys(counts).length === 0) return expiring;
  return [{ kind: "drift", slot, foundAt, entry, counts, ...(findings && { findings: findings.object }) }, ...expiring];
}

/** Does not reject: the audit is complete, and the next one writes what is missing. */
export async function writeNotices(
  manifest: AuditManifest,
  drift: Iterable<NotedFinding> | AsyncIterable<NotedFinding>,
  { canary, writeNotice }: NoticeDeps,
): Promise<void> {
  try {
    const found: NotedFinding[] = [];
    for await (const finding of drift) found.push(finding);
    await mapConcurrently(noticesOf(manifest, found, canary), CONCURRENCY, writeNotice);
  } catch (error) {
    logOrThrow("audit.notices-not-written", error, { slot: manifest.slot });
  }
}

/** Writes the notices of an entry that is in the chain, if they are missing. Does not reject. */
export async function writeEarlierNotices(entry: ChainEntry | undefined, deps: NoticeDeps): Promise<void> {
  if (entry?.manifest.kind !== "audit" || !entry.manifest.findings) return;
  const { findings } = entry.manifest;
  if (Object.values(findings.drift ?? {}).every((count) => count === 0)) return;
  await writeNotices(entry.manifest, storedDrift(findings, deps.archive), deps);
}

async function* storedDrift(findings: StoredObject, archive: AuditArchive): AsyncGenerator<NotedFinding> {
  for await (const finding of readLines(await readStored(findings, archive), parseFinding)) {
    if (isDrift(finding)) yield finding;
  }
}
