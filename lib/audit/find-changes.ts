/** The findings of an audit: all of them go into an object, the first of each kind onto the page, and drift also to whoever is to look. */

import type { Expected } from "../archive/expected-disable.ts";
import { type Counts, count, type DriftFinding, type Finding, noCounts } from "../archive/findings.ts";
import type { AuditManifest } from "../archive/manifest.ts";
import { packLines } from "../archive/ndjson.ts";
import { type CompareDeps, diffAll, driftOf } from "./compared.ts";
import type { CompleteList } from "./drift/drift.ts";
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
  async function* all(): AsyncGenerator<Finding> {
    for await (const each of diffAll(lists, past, deps.archive)) yield note(each);
    for (const each of drift?.findings ?? []) yield note(each);
  }
  const note = (finding: Finding): Finding => {
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
