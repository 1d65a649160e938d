/** The cases of a day that waited for a person, and whether their due times were met, by the ledger's exports. Pure. */
import type { ReportLine } from "../../archive/line-schemas.ts";
import { type DeadlineState, deadlineOf } from "../../archive/review-deadline.ts";
import { nameOf, type Stream } from "../../core/stream.ts";
import type { Filed, LedgerView } from "./ledger-view.ts";
import type { Span } from "./off-period.ts";

export interface Review extends Stream {
  /** `source#id` of the report. */
  readonly key: string;
  readonly source: string;
  readonly category: string;
  /** Of an appeal: the number of the order that it is about. */
  readonly appealOf: number | null;
  /** Null in a record without it. */
  readonly openedAt: string | null;
  readonly dueAt: string;
  readonly state: DeadlineState;
  /** The first verdict; null if there was none until `knownUntil`. */
  readonly decidedAt: string | null;
  readonly verdict: string | null;
  readonly decidedBy: string | null;
  /** Until when the exports that were read show that there is no verdict. */
  readonly knownUntil: string | null;
  /** The archive object that has the record. */
  readonly object: string;
}

/**
 * Cases that began to wait, were due or got their first verdict in the span, the one that was due first at the top. A message that could not
 * be translated names no stream and is not among them.
 */
export function reviewsOf(span: Span, ledger: Pick<LedgerView, "reports">, knownUntil: string | null): Review[] {
  const all = [...ledger.reports()].flatMap((filed) => reviewOf(filed, knownUntil) ?? []);
  const isInSpan = (at: string | null) =>
    at !== null && Date.parse(at) >= span.from.getTime() && Date.parse(at) < span.until.getTime();
  return all
    .filter(({ openedAt, dueAt, decidedAt }) => [openedAt, dueAt, decidedAt].some(isInSpan))
    .sort((a, b) => Date.parse(a.dueAt) - Date.parse(b.dueAt) || (a.key < b.key ? -1 : 1));
}

function reviewOf({ line, object }: Filed<ReportLine>, knownUntil: string | null): Review | undefined {
  const deadline = deadlineOf(line, Date.parse(knownUntil ?? "1970"));
  if (!deadline) return undefined;
  const { key, report, openedAt = null, verdict, earlierVerdicts = [], appealed } = line;
  const first = earlierVerdicts[0] ?? verdict;
  return {
    ...nameOf(report.stream),
    ...{ key, source: report.source, category: report.category, openedAt },
    appealOf: appealed?.number ?? null,
    ...{ dueAt: deadline.dueAt, state: deadline.state, decidedAt: deadline.decidedAt ?? null },
    ...{ verdict: first?.verdict ?? null, decidedBy: first?.by ?? null, knownUntil, object },
  };
}
