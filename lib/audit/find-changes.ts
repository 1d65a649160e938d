/** Compares the lists of an audit with the last complete snapshots and with the expected disables, and packs the findings into an object. */

import { type AuditFinding, count, type DiffFinding, type DriftFinding, noCounts } from "../archive/findings.ts";
import { attribution, type Expected, parseRow } from "../archive/line-schemas.ts";
import { packLines, readLines } from "../archive/ndjson.ts";
import { type AuditArchive, readStored } from "../archive/object-store.ts";
import type { CompleteList } from "../archive/snapshot.ts";
import { logError, logOrThrow } from "../core/log.ts";
import { type Stream, streamKey } from "../core/stream.ts";
import { type ConfirmDeps, type ConfirmResult, confirmSuspects, MAX_CONFIRMED } from "./drift/confirm-suspects.ts";
import { findDrift, type Suspect } from "./drift/drift.ts";
import { diff } from "./drift/snapshot-diff.ts";
import { createDisabledOnPage, findingOnPage } from "./page/collect.ts";
import { type FindingOnPage, MAX_FOUND } from "./page/model.ts";
import type { Past } from "./recent-entries.ts";

export type Found = Awaited<ReturnType<typeof compareAll>>;

/**
 * @param lists - the complete lists, by ingest domain. Without any, nothing is compared and there are no findings.
 * @param expected - the expected disables; undefined if they are unknown: then drift is not looked for.
 */
export async function compareAll(
  lists: ReadonlyMap<string, CompleteList>,
  expected: (() => AsyncIterable<Expected>) | undefined,
  past: Past,
  deps: CompareDeps,
) {
  const disabled = createDisabledOnPage(lists);
  if (lists.size === 0) return { disabled };
  const drift = expected && (await driftOf(expected(), lists, disabled.note, deps));
  for (const { stream, to } of drift?.attributed ?? []) {
    if (to === "others") disabled.others(stream);
    else disabled.note({ ...stream, ...attribution(to), placedAt: to.placedAt, reason: to.reason });
  }
  const counts = noCounts();
  const onPage: FindingOnPage[] = [];
  async function* all(): AsyncGenerator<AuditFinding> {
    for (const findings of [diffAll(lists, past, deps.archive), drift?.findings ?? []]) {
      for await (const finding of findings) {
        if (count(counts, finding) <= MAX_FOUND) onPage.push(withReserved(findingOnPage(finding), deps.canary));
        yield finding;
      }
    }
  }
  const { bytes } = await packLines(all());
  const { drift: byKind, ...changes } = counts;
  return {
    disabled,
    findings: {
      bytes,
      /** For the manifest. */
      counts: { ...changes, ...(drift && { drift: byKind, unasked: drift.unasked }) },
      /** No domain had a complete list before this audit. */
      isFirst: ![...lists.keys()].some((domain) => past.lastComplete.has(domain)),
      onPage,
      drift: drift?.findings ?? [],
    },
  };
}

/** With the mark of the stream that the policy reserves for the canary. */
function withReserved(finding: FindingOnPage, reserved: Stream | undefined): FindingOnPage {
  if (!reserved || streamKey(finding) !== streamKey(reserved)) return finding;
  const mark = "canary: the policy reserves this stream for it";
  return { ...finding, note: finding.note === undefined ? mark : `${mark}; ${finding.note}` };
}

export interface CompareDeps extends ConfirmDeps {
  /** The stream that the policy reserves for the canary. */
  readonly canary?: Stream;
  readonly archive: Pick<AuditArchive, "read">;
  /** From the policy. */
  readonly expiringHours: number;
}

async function driftOf(
  expected: AsyncIterable<Expected>,
  lists: ReadonlyMap<string, CompleteList>,
  asOrdered: (expected: Expected) => void,
  deps: CompareDeps,
): Promise<ConfirmResult> {
  const suspects: Suspect[] = [];
  const over: Suspect[] = [];
  const findings: DriftFinding[] = [];
  let unasked = 0;
  for await (const each of findDrift(expected, lists, deps.expiringHours, asOrdered)) {
    if (each.kind === "expiring") findings.push(each);
    else if (each.kind === "over") over.length < MAX_CONFIRMED && over.push(each);
    else if (suspects.length < MAX_CONFIRMED) suspects.push(each);
    else unasked += 1;
  }
  const confirmed = await confirmSuspects([...suspects, ...over], deps);
  if (confirmed.error !== undefined) {
    logError("audit.confirmation-skipped", { unasked: confirmed.unasked, error: confirmed.error });
  }
  return { ...confirmed, findings: [...findings, ...confirmed.findings], unasked: unasked + confirmed.unasked };
}

/** Skips domains without an earlier complete list. */
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
      logOrThrow("audit.snapshot-unreadable", error, { object: before.object });
    }
  }
}
