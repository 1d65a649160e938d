/** What `offair statements` prints: how many statements there are, what is missing, and what the database refused. */
import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import type { Month } from "../../lib/statements/month.ts";
import { countOf, numberText } from "../terminal/number-text.ts";

export interface ShownStatements {
  readonly month: Month;
  readonly folder: string;
  /** The production database has them with another text. */
  readonly changed: number;
  readonly knownUntil: string | null;
  readonly gaps: readonly unknown[];
}

/** Reasons that are printed; the files have all of them. */
const SHOWN = 10;

export function statementsText({ month, folder, changed, knownUntil }: ShownStatements): string[] {
  const { statements, broadcasters, incomplete, leftOut, corrections, canary } = month;
  const known =
    knownUntil === null ? "no ledger export was found" : `the ledger's exports were read until ${knownUntil}`;
  const reasons = grouped(
    incomplete.flatMap(({ missing }) => missing.map(({ field, why }) => `  ${field}: ${escapeInvisible(why)}`)),
  );
  const left = grouped(leftOut.map(({ because }) => `  ${LEFT_OUT[because]}`));
  return [
    `${countOf(statements.length, "statement")} in ${escapeInvisible(folder)}, and ${countOf(broadcasters.length, "text")} for broadcasters`,
    `${numberText(incomplete.length)} incomplete, of which none is sent${incomplete.length > 0 ? ":" : ""}`,
    ...reasons,
    `${numberText(leftOut.length)} left out${leftOut.length > 0 ? ":" : ""}`,
    ...left,
    `${countOf(corrections.length, "correction")} after actions were marked as wrong`,
    ...(changed > 0
      ? [`${numberText(changed)} changed since production accepted them: the database cannot change them`]
      : []),
    ...(canary > 0 ? [`${countOf(canary, "action")} of the canary`] : []),
    known,
  ];
}

const LEFT_OUT: Readonly<Record<Month["leftOut"][number]["because"], string>> = {
  repair: "the repetition of a disable that was missing at Live: its statement is that of the disable",
  "kept-off":
    "what an undo or a granted appeal left of another order: its statement is that of the order which keeps the stream off",
  "order-of-an-authority": "an order of an authority, which needs no statement (DSA Article 17(5))",
  "category-without-statement": "the policy wants no statement for the category",
};

/** Each line once, with how often it occurs, the most frequent first. */
function grouped(lines: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
  const sorted = [...counts].sort(([one, a], [other, b]) => b - a || (one < other ? -1 : 1));
  const rest = sorted.length - SHOWN;
  const more = rest > 0 ? [`  … and ${numberText(rest)} more reasons`] : [];
  return [...sorted.slice(0, SHOWN).map(([line, count]) => `${line} (${numberText(count)})`), ...more];
}

interface SentResult {
  readonly created: number;
  readonly existing: number;
  readonly rejected: readonly { readonly puid: string; readonly field: string; readonly message: string }[];
  readonly isInterrupted: boolean;
}

export function sentText(target: string, { created, existing, rejected, isInterrupted }: SentResult): string[] {
  const refused = new Set(rejected.map(({ puid }) => puid)).size;
  return [
    ...rejected.map(
      ({ puid, field, message }) => `refused  ${puid}  ${escapeInvisible(field)}: ${escapeInvisible(message)}`,
    ),
    `${target}: ${numberText(created)} created, ${numberText(existing)} existed already, ${numberText(refused)} refused`,
    ...(isInterrupted ? ["interrupted: run the command again to send the rest"] : []),
  ];
}

export const statementsJson = (
  { month, folder, changed, knownUntil, gaps }: ShownStatements,
  sent: SentResult | null,
  exit: number,
) => ({
  type: "summary",
  out: folder,
  statements: month.statements.length,
  broadcasters: month.broadcasters.length,
  incomplete: month.incomplete.length,
  leftOut: month.leftOut.length,
  corrections: month.corrections.length,
  canary: month.canary,
  changed,
  sent,
  knownUntil,
  gaps,
  exit,
});
