/** Renders a period as a row for a spreadsheet. */
import { NOT_BY_OFFAIR } from "../../lib/archive/attribution.ts";
import type { OffPeriod } from "../../lib/evidence/history/off-period.ts";
import { csvCell, csvLine, csvPlain } from "../terminal/csv.ts";

type Column = readonly [name: string, of: (period: OffPeriod) => string | number | null];

/** A column of times or hashes. */
const plain = (name: string, of: (period: OffPeriod) => string | null) => [name, of, csvPlain] as const;

const COLUMNS: readonly (Column | ReturnType<typeof plain>)[] = [
  ["domain", ({ domain }) => domain],
  ["app", ({ app }) => app],
  ["stream", ({ stream }) => stream],
  plain("from", ({ from }) => from),
  ["from_by", ({ fromBy }) => fromBy],
  plain("until", ({ until }) => until),
  ["until_by", ({ untilBy }) => untilBy],
  ["ended_by", ({ endedBy }) => endedBy?.by ?? null],
  ["ended_because", ({ endedBy }) => endedBy?.reason ?? null],
  ["by", ({ by, unattributed }) => unattributed ?? by ?? NOT_BY_OFFAIR],
  ["decided_by", ({ decidedBy }) => decidedBy],
  ["approved_by", ({ approvedBy }) => approvedBy],
  ["reason", ({ reason }) => reason],
  ["category", ({ category }) => category],
  ["rule", ({ rule }) => rule],
  plain("policy", ({ policy }) => policy),
  ["source", ({ source }) => source],
  ["grade", ({ grade }) => grade],
  ["cause", ({ cause }) => cause],
  plain("review_due", ({ review }) => review?.dueAt ?? null),
  plain("review_decided", ({ review }) => review?.decidedAt ?? null),
  ["review_deadline", ({ review }) => review?.state ?? null],
  ["order", ({ order }) => order],
  ["outcome", ({ outcome }) => outcome],
  plain("listed_first", ({ listed }) => listed?.first ?? null),
  plain("listed_last", ({ listed }) => listed?.last ?? null),
  ["listed_times", ({ listed }) => listed?.times ?? 0],
  ["remarks", ({ remarks }) => remarks.join("; ")],
  ["evidence", ({ evidence }) => evidence.objects.join(" ")],
  ["reported", ({ evidence }) => evidence.reported.map(({ url }) => url).join(" ")],
];

export const CSV_HEADER: string = csvLine(COLUMNS.map(([name]) => csvCell(name)));

export const historyCsv = (period: OffPeriod): string =>
  csvLine(COLUMNS.map((column) => (column.length === 3 ? column[2](column[1](period)) : csvCell(column[1](period)))));
