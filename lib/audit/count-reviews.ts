/**
 * Counts the cases that wait for a person, by source: those decided during the export, by its events, and those without a verdict, by the
 * ledger's list. That list is needed because a case that nobody touches is in no later export.
 */
import type { LedgerEvent } from "../archive/expected-disable.ts";
import { type DeadlineState, deadlineOf } from "../archive/review-deadline.ts";
import { MAX_SOURCES, type ReviewsOfSource } from "../archive/review-figures.ts";
import { isOfCanary } from "../core/canary.ts";
import { definedOnly } from "../core/defined-only.ts";
import type { Stream } from "../core/stream.ts";
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

type Decided = Pick<ReviewsOfSource, "inTime" | "late">;

/** First verdicts of an export, by source. */
export interface DecidedReviews {
  readonly bySource: ReadonlyMap<string, Decided>;
}

export function createDecidedReviews(from: Date) {
  const bySource = new Map<string, Decided>();
  return {
    bySource,
    note(event: LedgerEvent): void {
      const record =
        event.kind === "report" ? event.report : event.kind === "untranslated" ? event.untranslated : undefined;
      const deadline = record && deadlineOf(record, 0);
      // An item is exported again after each change: only the first verdict counts, in the export in which it came.
      if (!record || deadline?.decidedAt === undefined || Date.parse(deadline.decidedAt) < from.getTime()) return;
      const { inTime, late } = bySource.get(sourceOf(record)) ?? { inTime: 0, late: 0 };
      const isLate = Number(deadline.state === "late");
      bySource.set(sourceOf(record), { inTime: inTime + 1 - isLate, late: late + isLate });
    },
  };
}

/** @throws OffairError `ERR_LEDGER` */
export async function countReviews(
  decided: DecidedReviews | undefined,
  { openReviews, now }: { readonly openReviews: OpenReviews; readonly now: () => Date },
): Promise<ReviewsOnPage> {
  const at = now();
  const open = new Map<string, Open>();
  const missed: CaseOnPage[] = [];
  let after: string | undefined;
  for (let pages = 0; pages < MAX_PAGES; pages += 1) {
    const { records, next } = await openReviews(A_PAGE, after);
    for (const record of records) {
      if (!isWaiting(record) || isOfCanary(record.key)) continue;
      const state = deadlineOf(record, at.getTime())?.state ?? "open";
      addOpen(open, record, state);
      if (state === "missed" && missed.length < MAX_CASES) missed.push(onPage(record));
    }
    after = next;
    if (next === undefined) break;
  }
  const sources = [...new Set([...open.keys(), ...(decided?.bySource.keys() ?? [])])].map((source) =>
    definedOnly({ source, ...NONE, ...decided?.bySource.get(source), ...open.get(source) }),
  );
  sources.sort((a, b) => casesOf(b) - casesOf(a) || (a.source < b.source ? -1 : 1));
  const figures = definedOnly({
    at: at.toISOString(),
    ...totalOf(sources),
    isPartial: after === undefined ? undefined : (true as const),
    sources: sources.slice(0, MAX_SOURCES),
  });
  return { figures, missed };
}

type Numbers = Omit<ReviewsOfSource, "source">;
type Open = Pick<ReviewsOfSource, "open" | "missed" | "oldest">;
const NONE = { inTime: 0, late: 0, open: 0, missed: 0 };

const casesOf = ({ inTime, late, open }: Numbers): number => inTime + late + open;

const sourceOf = (record: Case): string => ("report" in record ? record.report.source : record.untranslated.source);

function addOpen(open: Map<string, Open>, record: Case, state: DeadlineState): void {
  const before = open.get(sourceOf(record)) ?? { open: 0, missed: 0 };
  open.set(sourceOf(record), {
    open: before.open + 1,
    missed: before.missed + Number(state === "missed"),
    ...oldestOf([before, { oldest: record.openedAt ?? record.decidedAt }]),
  });
}

const totalOf = (all: readonly Numbers[]): Numbers => ({
  ...all.reduce(
    (sum, each) => ({
      inTime: sum.inTime + each.inTime,
      late: sum.late + each.late,
      open: sum.open + each.open,
      missed: sum.missed + each.missed,
    }),
    NONE,
  ),
  ...oldestOf(all),
});

function oldestOf(all: readonly Pick<ReviewsOfSource, "oldest">[]): Pick<ReviewsOfSource, "oldest"> {
  const [oldest] = all.flatMap((each) => each.oldest ?? []).sort((a, b) => Date.parse(a) - Date.parse(b));
  return definedOnly({ oldest });
}

function onPage(record: Case): CaseOnPage {
  const { key, dueAt = record.decidedAt, openedAt = record.decidedAt } = record;
  const stream: Stream | undefined = "report" in record ? record.report.stream : undefined;
  return definedOnly({
    key,
    dueAt,
    openedAt,
    stream: stream && { domain: stream.domain, app: stream.app, stream: stream.stream },
  });
}
