/**
 * Which streams were off at some time of a span, and why: what the snapshots saw, joined with what the ledger says. Pure, and of one mind
 * with nobody: what the ledger does not explain is said to be not by us, and where both disagree, both are told.
 */
import { streamKey } from "../../core/stream.ts";
import { type Want, wantsOf } from "./authority.ts";
import { foreignPeriod } from "./foreign-periods.ts";
import type { LedgerView, Period } from "./ledger-view.ts";
import type { ListedPeriod, ListedPeriods } from "./listing-runs.ts";
import { absences, groups, type Moment, momentsOf, periodAt } from "./observations.ts";
import type { FirstListed, OffPeriod, Span } from "./off-period.ts";
import { ourPeriod } from "./our-periods.ts";

export function periodsOf(
  span: Span,
  {
    sightings,
    ledger,
    firstListed,
  }: { readonly sightings: ListedPeriods; readonly ledger: LedgerView; readonly firstListed: FirstListed },
): { readonly answers: OffPeriod[]; readonly wants: Want[]; readonly unexplained: ListedPeriod["stream"][] } {
  const answers: OffPeriod[] = [];
  const wants: Want[] = [];
  const unexplained: ListedPeriod["stream"][] = [];
  const periods = ledger.periods();
  const runs = sightings.runs();
  for (const key of new Set([...runs.keys(), ...periods.keys()])) {
    const ours = periods.get(key) ?? [];
    const seen = (runs.get(key) ?? []).map((run) => ({ run, moments: momentsOf(run, sightings) }));
    const domain = ours[0]?.stream.domain ?? seen[0]?.run.stream.domain ?? "";
    const snapshots = sightings.snapshotsOf(domain);
    for (const period of ours.filter((each) => overlaps(each, span))) {
      const mine = seen.flatMap(({ run, moments }) =>
        moments.filter((moment) => periodAt(moment, ours) === period).map((moment) => ({ run, moment })),
      );
      answers.push(ourPeriod(period, mine, absences(period, seen, snapshots), snapshots, ledger));
      wants.push(...wantsOf(period, ledger));
    }
    for (const { run, moments } of seen) {
      for (const group of groups(
        moments.filter((moment) => !periodAt(moment, ours)),
        moments,
      )) {
        const answer = foreignPeriod(
          run,
          group,
          seen.map((each) => each.run),
          snapshots,
          firstListed.get(key),
        );
        if (!isOf(span, answer, group)) continue;
        answers.push(answer);
        if (answer.fromBy === "listed-before" && !firstListed.has(key)) unexplained.push(run.stream);
      }
    }
  }
  return { answers: answers.sort(byStreamAndTime), wants, unexplained };
}

const overlaps = ({ from, until }: Pick<Period, "from" | "until">, span: Span): boolean =>
  Date.parse(from) < span.until.getTime() && Date.parse(until) > span.from.getTime();

/** Was it off in the span, and not only in the snapshots before and after it? */
function isOf(span: Span, { until, untilBy }: OffPeriod, group: readonly Moment[]): boolean {
  const first = group[0]?.from ?? Number.NaN;
  const seenUntil = group.at(-1)?.until ?? Number.NaN;
  const ranUntil = untilBy === "resume-time" && until !== null ? Date.parse(until) : seenUntil;
  return first < span.until.getTime() && Math.max(seenUntil, ranUntil) >= span.from.getTime();
}

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
const byStreamAndTime = (a: OffPeriod, b: OffPeriod): number =>
  compare(streamKey(a), streamKey(b)) || compare(a.from, b.from);
