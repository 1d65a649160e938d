/**
 * Reconstructs which streams were off during a span, and why, by joining the snapshots with the ledger's exports. Pure. Neither source is
 * trusted over the other: a listed stream without an order is reported as unexplained, and contradictions are reported as remarks. What the
 * exports do not cover is reported as not known.
 */
import { type Stream, streamKey } from "../../core/stream.ts";
import { type MissingItem, missingItems } from "./authority.ts";
import { absences, consecutive, periodAt } from "./ledger-match.ts";
import type { LedgerPeriod, LedgerView } from "./ledger-view.ts";
import { type ListedPeriods, type Observation, observationsOf } from "./listed-periods.ts";
import { type FirstListed, type OffPeriod, orderedPeriod, type Span } from "./off-period.ts";
import { unexplainedPeriod } from "./unexplained-period.ts";
import type { Proofs } from "./who-listed.ts";

export interface History {
  /** Sorted by stream and time. */
  readonly periods: OffPeriod[];
  /** Ledger items that the periods refer to and that were not read yet. */
  readonly missing: MissingItem[];
  /** Streams whose unexplained period began before the first snapshot that was read, and that `firstListed` does not contain. */
  readonly unexplained: Stream[];
  /** Later exports may change an answer, if they cover the time until then; epoch, ms. */
  openUntilMs: number;
}

export function periodsOf(
  span: Span,
  {
    listedPeriods,
    ledger,
    firstListed,
    proofs,
  }: { listedPeriods: ListedPeriods; ledger: LedgerView; firstListed: FirstListed; proofs: Proofs },
): History {
  const history: History = { periods: [], missing: [], unexplained: [], openUntilMs: 0 };
  function push({ openUntilMs = 0, ...period }: OffPeriod & { readonly openUntilMs?: number }): void {
    history.periods.push(period);
    history.openUntilMs = Math.max(history.openUntilMs, openUntilMs);
  }
  const ledgerPeriods = ledger.periods();
  const listedByStream = listedPeriods.byStream();
  for (const key of new Set([...listedByStream.keys(), ...ledgerPeriods.keys()])) {
    const ordered = ledgerPeriods.get(key) ?? [];
    const all = listedByStream.get(key) ?? [];
    const snapshots = listedPeriods.snapshotsOf(ordered[0]?.stream.domain ?? all[0]?.stream.domain ?? "");
    const observed = all.map((listed) => ({ listed, observations: observationsOf(listed, snapshots) }));
    for (const period of ordered.filter((each) => overlaps(each, span))) {
      const listed = observed.flatMap(({ listed: { resumeTime }, observations }) =>
        observations.filter((at) => periodAt(at, ordered) === period).map((at) => ({ resumeTime, at })),
      );
      const absent = absences(period, all, snapshots);
      push(orderedPeriod({ period, ledger, snapshots, listed, absent, proofs }));
      history.missing.push(...missingItems(period, ledger));
    }
    for (const { listed, observations } of observed) {
      const foreign = observations.filter((at) => !periodAt(at, ordered));
      for (const group of consecutive(foreign, observations)) {
        const first = firstListed.get(key);
        const period = unexplainedPeriod({ listed, group, all, snapshots, first, ledger, proofs });
        if (!touches(span, period, group)) continue;
        push(period);
        if (period.fromBy === "listed-before" && !firstListed.has(key)) history.unexplained.push(listed.stream);
      }
    }
  }
  history.periods.sort((a, b) => compare(streamKey(a), streamKey(b)) || compare(a.from, b.from));
  return history;
}

const overlaps = ({ from, until }: Pick<LedgerPeriod, "from" | "until">, span: Span): boolean =>
  Date.parse(from) < span.until.getTime() && Date.parse(until) > span.from.getTime();

/** Whether an unexplained period lies in the span, and not only in the snapshots that were read before and after it. */
function touches(span: Span, { until, untilBy }: OffPeriod, group: readonly Observation[]): boolean {
  const first = group[0]?.from ?? Number.NaN;
  const lastSeen = group.at(-1)?.until ?? Number.NaN;
  const end = untilBy === "resume-time" && until !== null ? Date.parse(until) : lastSeen;
  return first < span.until.getTime() && Math.max(lastSeen, end) >= span.from.getTime();
}

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
