/**
 * Who put a listed stream into Live's list. There are three answers: an order of offair, somebody else, or not known yet. "Somebody else"
 * needs proof: the ledger was read after the row was seen, and no order explains the row. An order that is missing in the exports is no
 * proof, because the exports end before the list was read.
 */

export const NOT_BY_OFFAIR = "not by offair";

/** The third answer without its time, for a heading or a count. */
export const TOO_RECENT = "too recent to attribute";

/** @param knownUntil - end of the ledger's exports; null if there is none. */
export const tooRecent = (knownUntil: string | null): string =>
  `${TOO_RECENT}: ${knownUntil === null ? "no ledger export was read" : `ledger known until ${knownUntil}`}`;
