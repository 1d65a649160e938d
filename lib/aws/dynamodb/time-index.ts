/**
 * Defines which items are exported by time, and keeps the exports complete. Every change sets the item's time anew. An audit exports the
 * window that ends five minutes before its scheduled hour, and the next audit continues there. So every write must be visible in the
 * index less than five minutes after the time that it carries; small clock differences are then harmless too.
 *
 * The time is therefore the time of the write, not of the event that it describes: an operator's order may be placed hours after the
 * request. A late write is refused before it is sent, because Lambda may freeze it between two attempts and thaw it after its window
 * was exported.
 */
import { MINUTE_MS } from "../../core/time.ts";
import type { LedgerEvent } from "../../ledger/export-event.ts";

export interface Key {
  readonly pk: string;
  readonly sk: string;
}

/**
 * The exported items, by the prefixes of their keys. Not exported: parts of a plan (its head has their hashes, and the orders name the
 * streams); locks, counters, the current mode and key states, which are not evidence; recent reports, whose pseudonyms expire after a day.
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

/** Undefined if the item is not exported. */
export const kindOf = ({ pk, sk }: Key): LedgerEvent["kind"] | undefined =>
  KINDS.find(([pkStart, skStart]) => pk.startsWith(pkStart) && sk.startsWith(skStart))?.[2];

/** The attributes of the index `byTime`. */
export function byTime(changedAt: Date) {
  const at = changedAt.toISOString();
  return { hour: at.slice(0, 13), at };
}

/** Longer than all attempts of one write; with another minute for clock differences, far below the five minutes of an export. */
const WRITE_WITHIN_MS = MINUTE_MS;

/** SDK middleware that refuses an attempt when the time that the write carries is too old. */
export const refuseLate =
  (changedAt: Date, now: () => Date) =>
  <Args, Answer>(attempt: (args: Args) => Promise<Answer>) =>
  async (args: Args): Promise<Answer> => {
    if (now().getTime() - changedAt.getTime() <= WRITE_WITHIN_MS) return attempt(args);
    throw new Error("a write to the ledger was too late for its time");
  };
/** The position of the middleware: inside the SDK's retries, so that it runs before each attempt. */
export const BEFORE_EACH_ATTEMPT = { step: "finalizeRequest", priority: "low" } as const;
