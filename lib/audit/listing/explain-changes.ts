/**
 * Explains the differences between listing passes. A list in use changes all the time, and a row that leaves moves the next ones up, where a
 * pass in progress can miss one. So each difference is compared with resume times, with the ledger, and with Live's entry for the stream.
 */
import type { SnapshotEntry } from "../../archive/manifest.ts";
import { OffairError } from "../../core/errors.ts";
import { nameOf, type Stream } from "../../core/stream.ts";
import type { RowChange, RowSet } from "./seen-rows.ts";

export interface ExplainDeps {
  /** Whether an offair order for the stream, sent between the two times, explains the change. Called once per change. */
  readonly explains?: (change: RowChange) => boolean | Promise<boolean>;
  /** Looks up the stream by name in Live's list. */
  readonly findDisabled?: (stream: Stream) => Promise<object | undefined>;
  readonly now: () => Date;
}

/** Lookups per pass. More would cost as much as another pass over a short list, and another pass finds rows that moved. */
const MAX_LOOKUPS = 200;

/**
 * Explains each difference between the last pass and all passes before it; returns undefined if any difference remains unexplained. Rows
 * that are no longer listed are marked as gone, even if somebody else enabled the stream: that is not a difference in the next pass.
 */
export async function explainChanges(rows: RowSet, deps: ExplainDeps): Promise<SnapshotEntry["explained"]> {
  const until = deps.now().toISOString();
  const explained = { expired: 0, ordered: 0, moved: 0 };
  let lookups = 0;
  let unexplained = false;
  for (const change of rows.changes(until)) {
    const { kind, row } = change;
    if (kind === "gone" && row.resumeTime !== null && Date.parse(row.resumeTime) <= Date.parse(until)) {
      explained.expired += 1;
      rows.setGone(row);
    } else if (await deps.explains?.(change)) {
      explained.ordered += 1;
      if (kind === "gone") rows.setGone(row);
    } else if (kind === "gone" && lookups++ < MAX_LOOKUPS) {
      const listed = await isListed(row, deps);
      if (listed) explained.moved += 1;
      else unexplained = true;
      if (listed === false) rows.setGone(row);
    } else {
      unexplained = true;
    }
  }
  return unexplained ? undefined : explained;
}

/** @returns undefined if the lookup failed, or the name is not one that Live can be asked about. */
async function isListed(stream: Stream, deps: ExplainDeps): Promise<boolean | undefined> {
  try {
    return deps.findDisabled && (await deps.findDisabled(nameOf(stream))) !== undefined;
  } catch (error) {
    if (error instanceof OffairError) return undefined;
    throw error;
  }
}
