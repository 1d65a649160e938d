/** The findings of an audit: all of them go into an object, the first of each kind onto the page, and drift also to whoever is to look. */

import type { Expected } from "../archive/expected-disable.ts";
import {
  type AuditFinding,
  type Counts,
  count,
  type DiffFinding,
  type DriftFinding,
  noCounts,
} from "../archive/findings.ts";
import { parseRow } from "../archive/line-schemas.ts";
import type { AuditManifest } from "../archive/manifest.ts";
import { packLines, readLines } from "../archive/ndjson.ts";
import { type AuditArchive, readStored } from "../archive/object-store.ts";
import type { CompleteList } from "../archive/snapshot.ts";
import { OffairError } from "../core/errors.ts";
import { describeError, logError } from "../core/log.ts";
import { type ConfirmDeps, confirmSuspects, MAX_CONFIRMED } from "./drift/confirm-suspects.ts";
import { findDrift, type Suspect } from "./drift/drift.ts";
import { diff } from "./drift/snapshot-diff.ts";
import { createDisabledOnPage, createFindingsOnPage } from "./page/collect.ts";
import type { Past } from "./recent-entries.ts";

export interface Found {
  readonly disabled: ReturnType<typeof createDisabledOnPage>;
  /** Absent where no list was complete: then there is nothing to compare. */
  readonly findings?: {
    readonly bytes: Uint8Array;
    /** As the manifest has them. */
    readonly counts: Pick<Counts, "disabled" | "enabled" | "changed"> &
      Pick<NonNullable<AuditManifest["findings"]>, "drift" | "unasked">;
    /** No domain had a complete list before. */
    readonly isFirst: boolean;
    readonly onPage: ReturnType<ReturnType<typeof createFindingsOnPage>["listed"]>;
    readonly drift: readonly DriftFinding[];
  };
}

/**
 * @param lists - the complete ones, by ingest domain.
 * @param expected - what is to be off; undefined where nobody knows: then drift is not looked for.
 */
export async function compareAll(
  lists: ReadonlyMap<string, CompleteList>,
  expected: (() => AsyncIterable<Expected>) | undefined,
  past: Past,
  deps: CompareDeps,
): Promise<Found> {
  const disabled = createDisabledOnPage(lists);
  if (lists.size === 0) return { disabled };
  const drift = expected && (await driftOf(expected(), lists, deps, disabled.note));
  const counts = noCounts();
  const page = createFindingsOnPage();
  async function* all(): AsyncGenerator<AuditFinding> {
    for await (const each of diffAll(lists, past, deps.archive)) yield note(each);
    for (const each of drift?.findings ?? []) yield note(each);
  }
  const note = (finding: AuditFinding): AuditFinding => {
    count(counts, finding);
    page.note(finding);
    return finding;
  };
  const { bytes } = await packLines(all());
  const { drift: byKind, ...changes } = counts;
  const told = drift && { drift: byKind, unasked: drift.unasked };
  const isFirst = ![...lists.keys()].some((domain) => past.lastComplete.has(domain));
  const findings = drift?.findings ?? [];
  return {
    disabled,
    findings: { bytes, counts: { ...changes, ...told }, isFirst, onPage: page.listed(), drift: findings },
  };
}

export interface CompareDeps extends ConfirmDeps {
  readonly archive: Pick<AuditArchive, "read">;
  /** Of the policy. */
  readonly expiringHours: number;
}

export interface Drift {
  readonly findings: readonly DriftFinding[];
  /** Suspects of which nothing is known, for there was no time to ask, or no answer. */
  readonly unasked: number;
}

/** @param note - told of each stream that is to be off. */
export async function driftOf(
  expected: AsyncIterable<Expected>,
  lists: ReadonlyMap<string, CompleteList>,
  deps: CompareDeps,
  note: (expected: Expected) => void,
): Promise<Drift> {
  const suspects: Suspect[] = [];
  const findings: DriftFinding[] = [];
  let unasked = 0;
  for await (const each of findDrift(noted(expected, note), lists, deps.expiringHours)) {
    if (each.kind === "expiring") findings.push(each);
    else if (suspects.length < MAX_CONFIRMED) suspects.push(each);
    else unasked += 1;
  }
  const asked = await confirmSuspects(suspects, deps);
  if (asked.error !== undefined) logError("audit.confirmation-skipped", { unasked: asked.unasked, error: asked.error });
  return { findings: [...findings, ...asked.findings], unasked: unasked + asked.unasked };
}

/** @returns nothing of a domain without a complete list before this one. */
async function* diffAll(
  lists: ReadonlyMap<string, CompleteList>,
  { lastComplete }: Past,
  archive: Pick<AuditArchive, "read">,
): AsyncGenerator<DiffFinding> {
  for (const [domain, { listed, endedAt }] of lists) {
    const before = lastComplete.get(domain);
    if (!before) continue;
    try {
      const bytes = await readStored(before, archive);
      yield* diff(domain, readLines(bytes, parseRow), listed, endedAt);
    } catch (error) {
      if (!(error instanceof OffairError)) throw error;
      logError("audit.snapshot-unreadable", { object: before.object, ...describeError(error) });
    }
  }
}

async function* noted(expected: AsyncIterable<Expected>, note: (expected: Expected) => void): AsyncGenerator<Expected> {
  for await (const each of expected) {
    note(each);
    yield each;
  }
}
