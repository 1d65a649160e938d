/** Finds who put a stream into Live's list, if no period of an order explains it. lib/archive/attribution.ts has the three answers. */
import { tooRecent } from "../../archive/attribution.ts";
import { type Stream, streamKey } from "../../core/stream.ts";
import { type Authority, authorityOf, type Found, UNKNOWN_AUTHORITY } from "./authority.ts";
import type { LedgerView } from "./ledger-view.ts";
import type { Observation, Snapshot } from "./listed-periods.ts";

/**
 * What an audit proved when it read the ledger for one stream, after the list. `unexpected`: no order explains it. `missing`: it should be
 * listed.
 */
export type Proofs = (key: string, slot: string, kind: "unexpected" | "missing") => boolean;

/** The time in which Live began to list the stream; epoch, ms. `fromMs` is undefined if no list without the stream is known. */
export interface Begin {
  readonly fromMs: number | undefined;
  readonly untilMs: number;
}

interface Listing {
  readonly stream: Stream;
  readonly resumeTime: string | null;
  readonly group: readonly Observation[];
  readonly snapshots: readonly Snapshot[];
  readonly begin: Begin;
}

export interface Answer extends Found {
  /** Number of the order that made the entry. */
  readonly order?: number;
  /** Until when the exports must be known for a better answer; epoch, ms. */
  readonly openUntilMs?: number;
}

export function whoListed(
  { stream, resumeTime, group, snapshots, begin }: Listing,
  ledger: LedgerView,
  proofs: Proofs,
): Answer {
  const key = streamKey(stream);
  const made = ledger.madeBy(key, resumeTime, group.at(-1)?.until ?? begin.untilMs);
  if (made) {
    const { authority, objects, reported } = authorityOf(made, ledger);
    const [filed] = [made.order, made.expected].flatMap((each) => each ?? []);
    return { authority, objects: [...(filed ? [filed.object] : []), ...objects], reported, order: made.number };
  }
  const isProven = group.some(({ index }) => proofs(key, snapshots[index]?.slot ?? "", "unexpected"));
  const isOthers = isProven || (begin.fromMs !== undefined && ledger.isComplete(begin.fromMs, begin.untilMs));
  const nobody = { objects: [], reported: [] };
  if (isOthers) return { ...nobody, authority: UNKNOWN_AUTHORITY };
  const knownUntil = ledger.knownUntil(begin.fromMs ?? begin.untilMs);
  // Later exports help, unless the exports do not reach back to the beginning.
  const isOpen = begin.fromMs !== undefined && ledger.reachesBack(begin.fromMs);
  return {
    ...nobody,
    authority: unattributed(isOpen || knownUntil === null ? tooRecent(knownUntil) : tooOld(knownUntil)),
    ...(isOpen && { openUntilMs: ledger.neededUntil(begin.fromMs ?? 0, begin.untilMs) }),
  };
}

const tooOld = (knownUntil: string): string =>
  `not attributed: it was listed before the exports that were read; ledger known until ${knownUntil}`;

const unattributed = (why: string): Authority => ({ ...UNKNOWN_AUTHORITY, by: "unknown", unattributed: why });
