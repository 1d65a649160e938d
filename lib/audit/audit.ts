/**
 * An audit: every ingest domain is listed, the ledger's events are exported, both are compared with each other and with what was before,
 * and all of it becomes one link of the chain. What one part lacks is said in the link, and never takes another part along. Nothing is
 * stored before everything is there: a run that dies is repeated by the schedule, and finds no trace of itself.
 */

import type { DriftFinding } from "../archive/findings.ts";
import { parseExpected } from "../archive/line-schemas.ts";
import type { AuditManifest, LackedPart } from "../archive/manifest.ts";
import { readLines } from "../archive/ndjson.ts";
import type { Slot } from "../archive/object-names.ts";
import type { AuditArchive } from "../archive/object-store.ts";
import { OffairError } from "../core/errors.ts";
import { describeError, logError } from "../core/log.ts";
import { type AuditParts, createDraft } from "./build-entry.ts";
import { appendToChain, type ChainDeps, findSignedEnd, isOver } from "./chain/append-entry.ts";
import { exportLedger, foldLedger, type LedgerDeps, lastExpected } from "./export-ledger.ts";
import { type CompareDeps, compareAll } from "./find-changes.ts";
import { type DomainList, listAndPack } from "./list-domains.ts";
import type { ListingDeps } from "./listing/list-disabled.ts";
import { type Past, readRecentEntries } from "./recent-entries.ts";

export interface AuditDeps extends ChainDeps, LedgerDeps, CompareDeps {
  readonly archive: AuditArchive;
  /** Ingest domains in scope. */
  readonly domains: readonly string[];
  /** @param domainsLeft - that the time which is left for listing is for. */
  readonly listing: (domainsLeft: number) => ListingDeps;
  /** SHA-256 of the policy, and of the bundle. */
  readonly policy: string;
  readonly build: string;
}

export type AuditResult =
  /** The slot has its link already. */
  | { readonly written: false; readonly slot: string }
  | {
      readonly written: true;
      readonly number: number;
      readonly sha256: string;
      readonly manifest: AuditManifest;
      readonly drift: readonly DriftFinding[];
      /** The link that the ledger remembers as the last one is gone, or another. */
      readonly headAltered: boolean;
    };

/**
 * Once a slot of the schedule: of one that has its link already, nothing is asked and nothing is written.
 *
 * @throws OffairError where nothing can be stored or the chain cannot go on: the schedule repeats the slot.
 */
export async function audit(slot: Slot, deps: AuditDeps): Promise<AuditResult> {
  const chain = { ...deps, head: { ...deps.head, read: () => deps.head.read().catch(withoutHint) } };
  const end = await findSignedEnd(chain);
  const over = { written: false, slot: slot.slot.toISOString() } as const;
  if (isOver({ scheduled: slot.scheduled, slot: over.slot }, end)) return over;
  const past = await readRecentEntries(end, deps.archive, deps.now());
  const parts = await gather(slot.slot, past, deps);
  const draft = await createDraft(slot, parts, { past, end }, deps);
  const appended = await appendToChain(draft, chain);
  if (!appended.written) return over;
  const { number, sha256, manifest } = appended.entry;
  if (manifest.kind !== "audit") throw new OffairError("ERR_ARCHIVE", "the link that was written is no audit's");
  const headAltered = end !== undefined && !end.entry;
  return { written: true, number, sha256, manifest, drift: parts.found.findings?.drift ?? [], headAltered };
}

/** The ledger knows where to look for the chain's end. Without it the end is found as well, only that nobody bears witness to it. */
function withoutHint(error: unknown): undefined {
  logError("audit.head-unreadable", describeError(error));
}

async function gather(slot: Date, past: Past, deps: AuditDeps): Promise<AuditParts> {
  const lacks: { part: LackedPart; error: string }[] = [];
  /** Its failure is said, and the audit goes on without it. */
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
  // While Live is waited for: it takes a while of a long list, and asks only the archive.
  const folding = events && attempt("expected", () => foldLedger(slot, past, events, deps));
  const lists: DomainList[] = [];
  for (const [index, domain] of deps.domains.entries()) {
    lists.push(await listAndPack(domain, slot, deps.listing(deps.domains.length - index)));
  }
  const expected = await folding;
  const isKnown = lacks.length === 0;
  const toBeOff = expected
    ? () => readLines(expected.packed.bytes, parseExpected)
    : isKnown
      ? await attempt("drift", () => lastExpected(past, deps.archive))
      : undefined;
  const complete = new Map(lists.flatMap(({ entry, list }) => (list ? [[entry.domain, list]] : [])));
  const found =
    (await attempt("findings", () => compareAll(complete, toBeOff, past, deps))) ??
    (await compareAll(new Map(), undefined, past, deps));
  return { lists, events, expected, found, lacks, attempt };
}
