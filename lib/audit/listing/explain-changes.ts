/**
 * Why walks over one list differ. A list that is in use never stands still, and a row that leaves makes another one move up, past a walk
 * that is under way. So what differs is held against what is known to have happened.
 */
import { OffairError } from "../../core/errors.ts";
import type { Stream } from "../../core/stream.ts";
import type { RowChange, RowSet } from "./seen-rows.ts";

export interface ExplainDeps {
  /** Whether the ledger explains it: an order of ours for this stream, carried out between the two moments. Asked once a change. */
  readonly explains?: (change: RowChange) => boolean | Promise<boolean>;
  /** By app and name: its entry in Live's list. */
  readonly findDisabled?: (stream: Stream) => Promise<object | undefined>;
  readonly now: () => Date;
}

/** What explained how many changes. */
export interface Explained {
  /** Their resume time had come. */
  readonly expired: number;
  /** By orders of ours. */
  readonly ordered: number;
  /** They are listed, and had moved past the walk. */
  readonly moved: number;
}

/** More would cost as much as another walk over a short list; and where so many move, the next walk sees them. */
const MAX_ASKED = 200;

/**
 * What explains each difference between this walk and all before it; undefined if something explains none of one of them. Rows that are
 * gone are set so, also those that somebody else let on: that is a difference no more when the next walk does not meet them either.
 */
export async function explainChanges(seen: RowSet, deps: ExplainDeps): Promise<Explained | undefined> {
  const until = deps.now().toISOString();
  const explained = { expired: 0, ordered: 0, moved: 0 };
  let asked = 0;
  let unexplained = false;
  for (const change of seen.changes(until)) {
    const { kind, row } = change;
    if (kind === "gone" && row.resumeTime !== null && Date.parse(row.resumeTime) <= Date.parse(until)) {
      explained.expired += 1;
      seen.setGone(row);
    } else if (await deps.explains?.(change)) {
      explained.ordered += 1;
      if (kind === "gone") seen.setGone(row);
    } else if (kind === "gone" && asked++ < MAX_ASKED) {
      const listed = await isListed(row, deps);
      if (listed) explained.moved += 1;
      else unexplained = true;
      if (listed === false) seen.setGone(row);
    } else {
      unexplained = true;
    }
  }
  return unexplained ? undefined : explained;
}

/** Undefined where nobody can say. */
async function isListed({ domain, app, stream }: Stream, deps: ExplainDeps): Promise<boolean | undefined> {
  try {
    return deps.findDisabled && (await deps.findDisabled({ domain, app, stream })) !== undefined;
  } catch (error) {
    if (error instanceof OffairError) return undefined; // a name that Live is not asked for, or a call that failed
    throw error;
  }
}
