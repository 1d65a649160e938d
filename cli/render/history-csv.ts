/** Renders a period as a row for a spreadsheet. */
import { NOT_BY_OFFAIR } from "../../lib/archive/attribution.ts";
import type { OffPeriod } from "../../lib/evidence/history/off-period.ts";
import { csvLine } from "../terminal/csv.ts";

const COLUMNS: readonly [name: string, of: (period: OffPeriod) => string | number | null][] = [
  ["domain", ({ domain }) => domain],
  ["app", ({ app }) => app],
  ["stream", ({ stream }) => stream],
  ["from", ({ from }) => from],
  ["from_by", ({ fromBy }) => fromBy],
  ["until", ({ until }) => until],
  ["until_by", ({ untilBy }) => untilBy],
  ["ended_by", ({ endedBy }) => endedBy?.by ?? null],
  ["ended_because", ({ endedBy }) => endedBy?.reason ?? null],
  ["by", ({ by, unattributed }) => unattributed ?? by ?? NOT_BY_OFFAIR],
  ["decided_by", ({ decidedBy }) => decidedBy],
  ["approved_by", ({ approvedBy }) => approvedBy],
  ["reason", ({ reason }) => reason],
  ["category", ({ category }) => category],
  ["rule", ({ rule }) => rule],
  ["policy", ({ policy }) => policy],
  ["source", ({ source }) => source],
  ["grade", ({ grade }) => grade],
  ["cause", ({ cause }) => cause],
  ["order", ({ order }) => order],
  ["outcome", ({ outcome }) => outcome],
  ["listed_first", ({ listed }) => listed?.first ?? null],
  ["listed_last", ({ listed }) => listed?.last ?? null],
  ["listed_times", ({ listed }) => listed?.times ?? 0],
  ["remarks", ({ remarks }) => remarks.join("; ")],
  ["evidence", ({ evidence }) => evidence.objects.join(" ")],
  ["reported", ({ evidence }) => evidence.reported.map(({ url }) => url).join(" ")],
];

export const CSV_HEADER: string = csvLine(COLUMNS.map(([name]) => name));

export const historyCsv = (period: OffPeriod): string => csvLine(COLUMNS.map(([, of]) => of(period)));
