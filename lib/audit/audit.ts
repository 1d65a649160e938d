/**
 * Runs an audit: lists every ingest domain, exports the ledger's events, compares both with each other and with the last audit, and appends
 * a chain entry. A part that fails is recorded in the entry and does not stop the other parts. Nothing is stored until all parts are
 * ready, so a run that is interrupted leaves no trace and is repeated by the schedule.
 */

import type { DriftFinding } from "../archive/findings.ts";
import { parseExpected } from "../archive/line-schemas.ts";
import type { AuditManifest, LackedPart } from "../archive/manifest.ts";
import { readLines } from "../archive/ndjson.ts";
import type { Slot } from "../archive/object-names.ts";
import type { AuditArchive } from "../archive/object-store.ts";
import { definedOnly } from "../core/defined-only.ts";
import { OffairError } from "../core/errors.ts";
import { describeError, logError } from "../core/log.ts";
import { mapConcurrently } from "../core/map-concurrently.ts";
import { type AuditParts, createDraft, type DraftDeps } from "./build-entry.ts";
import { appendToChain, findPosition } from "./chain/append-entry.ts";
import { findEnd } from "./chain/chain-end.ts";
import { countReviews, type OpenReviews } from "./count-reviews.ts";
import { exportLedger, foldLedger, type LedgerDeps, lastExpected } from "./export-ledger.ts";
import { type CompareDeps, compareAll } from "./find-changes.ts";
import { listAndPack } from "./list-domains.ts";
import type { ListingDeps } from "./listing/list-disabled.ts";
import { type NoticeDeps, writeEarlierNotices, writeNotices } from "./notices.ts";
import { type Past, readRecentEntries } from "./recent-entries.ts";

export interface AuditDeps extends DraftDeps, LedgerDeps, CompareDeps, NoticeDeps {
  readonly archive: AuditArchive;
  /** Ingest domains in scope. */
  readonly domains: readonly string[];
  /** Ingest domains that are listed at the same time: one for each Huawei user, because the pages of a list are requested in sequence. */
  readonly listedAtOnce: number;
  /** @param rounds - by how many lists in sequence, this one included, the time that is left for listing is shared. */
  readonly listing: (rounds: number) => ListingDeps;
  readonly openReviews: OpenReviews;
}

export type AuditResult =
  /** The chain already contains this scheduled hour. */
  | { readonly written: false; readonly slot: string }
  | {
      readonly written: true;
      readonly number: number;
      readonly sha256: string;
      readonly manifest: AuditManifest;
      readonly drift: readonly DriftFinding[];
      /** From the entry before to this one; absent in the first. */
      readonly chainAgeMs?: number;
      /** The entry that the ledger records as the head was missing or replaced. */
      readonly headAltered: boolean;
    };

/**
 * Runs once per scheduled hour: if the chain already contains the hour, Live is not queried, and only notices that are missing are written.
 *
 * @throws OffairError if nothing can be stored or the chain cannot be continued: the schedule repeats the hour.
 */
export async function audit(slot: Slot, deps: AuditDeps): Promise<AuditResult> {
  const chain = { ...deps, head: { ...deps.head, read: () => deps.head.read().catch(withoutHint) } };
  const over = { written: false, slot: slot.slot.toISOString() } as const;
  const position = await findPosition({ scheduled: slot.scheduled, slot: over.slot }, chain);
  await writeEarlierNotices((position ? position.end : await findEnd(chain))?.entry, deps);
  if (!position) return over;
  const { end } = position;
  const past = await readRecentEntries(end, deps.archive, deps.now());
  const parts = await gather(slot.slot, past, deps);
  const draft = await createDraft(slot, parts, { past, position }, deps);
  const appended = await appendToChain(draft, chain, position);
  if (!appended) return over;
  const { number, sha256, manifest } = appended;
  if (manifest.kind !== "audit") throw new OffairError("ERR_ARCHIVE", "the entry that was written is not an audit");
  const drift = parts.found.findings?.drift ?? [];
  await writeNotices(manifest, drift, deps);
  const headAltered = end !== undefined && !end.entry;
  const before = (end?.entry ?? end?.before)?.manifest.writtenAt;
  return definedOnly({
    written: true,
    number,
    sha256,
    manifest,
    drift,
    chainAgeMs: before === undefined ? undefined : Date.parse(manifest.writtenAt) - Date.parse(before),
    headAltered,
  });
}

/** Without the ledger's record the end is found as well, but a removed head is not noticed. */
function withoutHint(error: unknown): undefined {
  logError("audit.head-unreadable", describeError(error));
}

async function gather(slot: Date, past: Past, deps: AuditDeps): Promise<AuditParts> {
  const lacks: { part: LackedPart; error: string }[] = [];
  /** Runs one part. If it fails, the failure is logged and recorded, and the audit continues without the part. */
  async function attempt<T>(part: LackedPart, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      logError("audit.parts-missing", { part, ...describeError(error) });
      lacks.push({ part, error: error instanceof OffairError ? error.code : "ERR_INTERNAL" });
      return undefined;
    }
  }
  const events = await attempt("events", () => exportLedger(slot, past, deps));
  // Runs while Live is listed: it needs the archive only, and takes a while for a long list.
  const folding = events && attempt("expected", () => foldLedger(slot, past, events, deps));
  const { domains, listedAtOnce, listing, canary } = deps;
  const lists = await mapConcurrently(domains, listedAtOnce, (domain, index) =>
    listAndPack(domain, slot, listing(Math.ceil((domains.length - index) / listedAtOnce)), canary),
  );
  const expected = await folding;
  // Without new events, the last expected disables still hold. After a failure, drift is not looked for.
  const expectedLines = expected
    ? () => readLines(expected.packed.bytes, parseExpected)
    : lacks.length === 0
      ? await attempt("drift", () => lastExpected(past, deps.archive))
      : undefined;
  const complete = new Map(lists.flatMap(({ entry, list }) => (list ? [[entry.domain, list]] : [])));
  const found =
    (await attempt("findings", () => compareAll(complete, expectedLines, past, deps))) ??
    (await compareAll(new Map(), undefined, past, deps));
  const reviews = await attempt("reviews", () => countReviews(events?.decided ?? [], deps));
  return { lists, events, expected, found, reviews, lacks, attempt };
}
