/** What an audit finds by comparing: each complete list with the one before it and with the ledger. */

import type { Expected } from "../archive/expected-disable.ts";
import type { DiffFinding, DriftFinding } from "../archive/findings.ts";
import { parseRow } from "../archive/line-schemas.ts";
import { readLines } from "../archive/ndjson.ts";
import { type AuditArchive, readStored } from "../archive/object-store.ts";
import { OffairError } from "../core/errors.ts";
import { describeError, logError } from "../core/log.ts";
import { type AskDeps, ask, MAX_ASKED } from "./drift/confirm-suspects.ts";
import { type CompleteList, compare, type Suspect } from "./drift/drift.ts";
import { diff } from "./drift/snapshot-diff.ts";
import type { Past } from "./recent-entries.ts";

/** @returns nothing of a domain without a complete list before this one. */
export async function* diffAll(
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

export interface CompareDeps extends AskDeps {
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
  for await (const each of compare(noted(expected, note), lists, deps.expiringHours)) {
    if (each.kind === "expiring") findings.push(each);
    else if (suspects.length < MAX_ASKED) suspects.push(each);
    else unasked += 1;
  }
  const asked = await ask(suspects, deps);
  if (asked.error !== undefined) logError("audit.not-asked", { unasked: asked.unasked, error: asked.error });
  return { findings: [...findings, ...asked.findings], unasked: unasked + asked.unasked };
}

async function* noted(expected: AsyncIterable<Expected>, note: (expected: Expected) => void): AsyncGenerator<Expected> {
  for await (const each of expected) {
    note(each);
    yield each;
  }
}
