/**
 * Counts the cases that wait for a person, by source: those decided during the export, by its events, and those without a verdict, by the
 * ledger's list. That list is needed because a case that nobody touches is in no later export.
 */
import type { LedgerEvent } from "../archive/line-schemas.ts";
import { type DeadlineState, deadlineOf } from "../archive/review-deadline.ts";
import { MAX_SOURCES, type ReviewsOfSource } from "../archive/review-figures.ts";
import { isOfCanary } from "../core/canary.ts";
import { definedOnly } from "../core/defined-only.ts";
import { nameOf } from "../core/stream.ts";
import { isWaiting } from "../decisions/report-record.ts";
import { type CaseOnPage, MAX_CASES, type ReviewsOnPage } from "./page/model.ts";

type Report = Extract<LedgerEvent, { kind: "report" }>["report"];
type Case = Report | Extract<LedgerEvent, { kind: "untranslated" }>["untranslated"];

/** One page of the cases that wait, the one that is due first at the top. */
export type OpenReviews = (
  limit: number,
  after?: string,
) => Promise<{ readonly records: readonly Case[]; readonly next?: string }>;

/** Bounds for the time and the memory of an audit. What is missed comes first. */
const A_PAGE = 1_000;
const MAX_PAGES = 20;

/** A case as it is counted: with a first verdict of this export, or without one. */
interface Counted {
  readonly source: string;
  readonly state: DeadlineState;
  /** Since when a case without a verdict waits. */
  readonly since?: string;
}

/** Collects the first verdicts of an export. */
export function createDecidedReviews(from: Date) {
  const decided: Counted[] = [];
  return {
    decided,
    note(event: LedgerEvent): void {
      const record =
        event.kind === "report" ? event.report : event.kind === "untranslated" ? event.untranslated : undefined;
      const deadline = record && deadlineOf(record, 0);
      // An item is exported again after each change: only the first verdict counts, in the export in which it came.
      if (!record || deadline?.decidedAt === undefined || Date.parse(deadline.decidedAt) < from.getTime()) return;
      decided.push({ source: sourceOf(record), state: deadline.state });
    },
  };
}

/** @throws OffairError `ERR_LEDGER` */
export async function countReviews(
  decided: readonly Counted[],
  { openReviews, now }: { readonly openReviews: OpenReviews; readonly now: () => Date },
): Promise<ReviewsOnPage> {
  const at = now();
  const counted = [...decided];
  const missed: CaseOnPage[] = [];
  let after: string | undefined;
  for (let pages = 0; pages < MAX_PAGES; pages += 1) {
    const { records, next } = await openReviews(A_PAGE, after);
    for (const record of records) {
      if (!isWaiting(record) || isOfCanary(record.key)) continue;
      const state = deadlineOf(record, at.getTime())?.state ?? "open";
      counted.push({ source: sourceOf(record), state, since: record.openedAt ?? record.decidedAt });
      if (state === "missed" && missed.length < MAX_CASES) missed.push(onPage(record));
    }
    after = next;
    if (next === undefined) break;
  }
  const sources = [...Map.groupBy(counted, ({ source }) => source)].sort(
    ([a, one], [b, other]) => other.length - one.length || (a < b ? -1 : 1),
  );
  const figures = definedOnly({
    at: at.toISOString(),
    ...numbersOf(counted),
    isPartial: after === undefined ? undefined : (true as const),
    sources: sources.slice(0, MAX_SOURCES).map(([source, cases]) => ({ source, ...numbersOf(cases) })),
  });
  return { figures, missed };
}

function numbersOf(cases: readonly Counted[]): Omit<ReviewsOfSource, "source"> {
  const count = (wanted: DeadlineState) => cases.filter(({ state }) => state === wanted).length;
  const [oldest] = cases.flatMap(({ since }) => since ?? []).sort((a, b) => Date.parse(a) - Date.parse(b));
  const missed = count("missed");
  return definedOnly({ inTime: count("in-time"), late: count("late"), open: count("open") + missed, missed, oldest });
}

const sourceOf = (record: Case): string => ("report" in record ? record.report.source : record.untranslated.source);

function onPage(record: Case): CaseOnPage {
  const { key, dueAt = record.decidedAt, openedAt = record.decidedAt } = record;
  return { key, dueAt, openedAt, ...("report" in record && { stream: nameOf(record.report.stream) }) };
}
