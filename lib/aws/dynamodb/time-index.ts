/**
 * What of the ledger is told by time: every change of such an item dates it anew, and an audit exports the window that ends five minutes
 * before its slot; the next one goes on from there. So a change has to be there, with the index, less than five minutes after the time
 * that it carries. Then whoever reads that time's window finds it, also where a clock that is a little behind has dated an item back.
 *
 * Hence the time is that of the write, and not of what it tells: an operator's order is numbered when its turn comes, perhaps hours
 * after it was asked for. And a write that comes too late is not sent: Lambda may freeze one between two attempts, and thaw it when its
 * window has long been read.
 */

import { MINUTE_MS } from "../../core/time.ts";
import type { LedgerEvent } from "../../ledger/export-event.ts";

export interface Key {
  readonly pk: string;
  readonly sk: string;
}

/**
 * By the beginning of the key. Of a plan's parts its head holds the hashes, and the orders the streams. Locks, limits, the mode itself,
 * pace and keys of Live tell of a moment only; and sightings know who reported, by a pseudonym that is to be forgotten after a day.
 */
const KINDS: readonly (readonly [pk: string, sk: string, kind: LedgerEvent["kind"]])[] = [
  ["REPORT#", "REPORT", "report"],
  ["REPORT#", "UNTRANSLATED", "untranslated"],
  ["STREAM#", "ORDER#", "order"],
  ["OPERATOR#", "ORDER#", "operator-order"],
  ["OPERATOR#", "PLAN", "plan"],
  ["OPERATOR#", "STATE", "plan-state"],
  ["CONTROL", "CHANGE#", "change"],
];

/** Undefined: not told by time. */
export const kindOf = ({ pk, sk }: Key): LedgerEvent["kind"] | undefined =>
  KINDS.find(([pkStart, skStart]) => pk.startsWith(pkStart) && sk.startsWith(skStart))?.[2];

/** Attributes of the index `byTime`. */
export function byTime(changedAt: Date) {
  const at = changedAt.toISOString();
  return { hour: at.slice(0, 13), at };
}

/** Longer than all attempts of one write together; with a minute more for clocks that differ, far below the five of an export. */
const WRITE_WITHIN_MS = MINUTE_MS;

/** A middleware of the SDK: no attempt is made when the time that the write carries is over. */
export const refuseLate =
  (changedAt: Date, now: () => Date) =>
  <Args, Answer>(attempt: (args: Args) => Promise<Answer>) =>
  async (args: Args): Promise<Answer> => {
    if (now().getTime() - changedAt.getTime() <= WRITE_WITHIN_MS) return attempt(args);
    throw new Error("a write to the ledger came too late for the time that it carries");
  };
/** Where it has to stand: the SDK's retries are outside of it. */
export const BEFORE_EACH_ATTEMPT = { step: "finalizeRequest", priority: "low" } as const;
