/**
 * Who put a listed stream into Live's list. There are three answers: an order of offair, somebody else, or not known yet. "Somebody else"
 * needs proof: the ledger was read after the row was seen, and no order explains the row. An order that is missing in the exports is no
 * proof, because the exports end before the list was read.
 */
import { isSameTime } from "./clock-tolerance.ts";
import type { PastOrderLine } from "./line-schemas.ts";
import type { RowState } from "./snapshot.ts";

export const NOT_BY_OFFAIR = "not by offair";

/** The third answer without its time, for a heading or a count. */
export const TOO_RECENT = "too recent to attribute";

/** @param knownUntil - end of the ledger's exports; null if there is none. */
export const tooRecent = (knownUntil: string | null): string =>
  `${TOO_RECENT}: ${knownUntil === null ? "no ledger export was read" : `ledger known until ${knownUntil}`}`;

type Sent = Pick<PastOrderLine, "action" | "outcome"> &
  Partial<Pick<PastOrderLine, "resumeTime" | "sendingSince">> & { readonly attempts: readonly unknown[] };

const WITHOUT_EFFECT: ReadonlySet<string | undefined> = new Set(["failed", "refused", "held", "superseded"]);

/**
 * Whether the row is the one that this disable asked for: it has the same resume time, to the second. True also if the order failed or is
 * still in progress, because Live may have carried out a call that it answered with an error or not at all.
 */
export const isRowOf = ({ resumeTime }: Pick<RowState, "resumeTime">, order: Sent): boolean =>
  order.action === "disable" &&
  order.resumeTime !== undefined &&
  isSameTime(resumeTime, order.resumeTime) &&
  (!WITHOUT_EFFECT.has(order.outcome) || order.attempts.length > 0 || order.sendingSince !== undefined);
