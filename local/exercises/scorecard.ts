/** The scorecard of an exercise: a title, rows of figures, and the result of each check. Pure. */
import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import { SECOND_MS } from "../../lib/core/time.ts";

/** One sentence of evidence that a claim does not hold. */
export type CheckFailure = string;

export interface CheckResult {
  /** The number of the invariant in the design, if it has one. */
  readonly invariant: number | "–";
  readonly claim: string;
  /** The number of checked items, which shows that something was checked. */
  readonly checked: string;
  /** Empty if the claim holds. */
  readonly failures: readonly CheckFailure[];
}

export const result = (
  invariant: CheckResult["invariant"],
  claim: string,
  checked: string,
  failures: readonly CheckFailure[],
): CheckResult => ({ invariant, claim, checked, failures });

type Row = readonly [name: string, text: string];

export interface Scorecard {
  readonly title: string;
  readonly rows: readonly Row[];
  readonly results: readonly CheckResult[];
  readonly held: boolean;
}

export const scorecard = (title: string, rows: readonly Row[], results: readonly CheckResult[]): Scorecard => ({
  title,
  rows,
  results,
  held: results.every(({ failures }) => failures.length === 0),
});

/** As text, for a terminal 120 characters wide. */
export const formatScorecard = ({ title, rows, results, held }: Scorecard): string =>
  [
    title,
    "",
    ...rows.map(([name, text]) => `${name.padEnd(15)}${text}`),
    "",
    ...results.flatMap(formatResult),
    "",
    held ? "everything held" : "BROKEN",
  ].join("\n");

const MAX_FAILURES_SHOWN = 5;

/** Escapes control characters, because failures quote names chosen by other people. */
function formatResult({ invariant, claim, checked, failures }: CheckResult): string[] {
  const more = failures.length - MAX_FAILURES_SHOWN;
  return [
    `${failures.length === 0 ? "held  " : "BROKEN"} ${String(invariant).padStart(2)} ${claim} (${checked})`,
    ...failures.slice(0, MAX_FAILURES_SHOWN).map((failure) => `          ${escapeInvisible(failure)}`),
    ...(more > 0 ? [`          … and ${more} more`] : []),
  ];
}

/** Counts each name, the most frequent first: `3 verified, 1 failed`. */
export function countsText<T>(list: readonly T[], name: (item: T) => string): string {
  const counts = [...Map.groupBy(list, name)].map(([key, items]): [string, number] => [key, items.length]);
  return formatCounts(counts.sort(([, a], [, b]) => b - a));
}

export const formatCounts = (counts: readonly (readonly [name: string, count: number])[]): string =>
  counts.map(([name, count]) => `${count} ${name}`).join(", ") || "none";

export const secondsText = (ms: number): string => `${(ms / SECOND_MS).toFixed(1)} s`;
export const rateText = (count: number, ms: number): string =>
  `${count} in ${secondsText(ms)}, ${((count * SECOND_MS) / Math.max(1, ms)).toFixed(0)} a second`;

interface Ending {
  readonly outcome?: string | undefined;
  readonly because?: string | undefined;
}

/** `verified`, or `ignored (already-disabled)`. */
export const outcomeText = ({ outcome = "open", because }: Ending): string =>
  because === undefined ? outcome : `${outcome} (${because})`;
