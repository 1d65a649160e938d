/**
 * A case with everything that a person needs to decide. Labels are at the beginning of a line, and nothing that others wrote is: their text
 * is inset, and their sentences are quoted.
 */
import { escapeInvisible } from "../../../lib/core/escape-invisible.ts";
import { formatStream } from "../../../lib/core/stream.ts";
import type { ReviewCase } from "../../../lib/operator/contract/response-schema.ts";
import type { Out } from "../../terminal/output.ts";
import { breakText, wrapText } from "../../terminal/wrap.ts";
import * as parts from "./case-parts.ts";
import { reportedText, waitsText } from "./list.ts";
import { paintLeft, personText, timeLeft } from "./parts.ts";
import { quote } from "./quote.ts";

const LABEL = 10;
/** The words are what a person judges: they get the lines that the others leave, and at least these. */
const LEAST_WORDS = 3;
/** Longer lines are hard to read. */
const MOST_COLUMNS = 120;

export interface CaseView {
  readonly columns: number;
  /** Lines that the case may take. Absent: everything is shown. */
  readonly rows?: number;
  readonly paint: Out["paint"];
  readonly now: Date;
}

interface Section {
  readonly label: string;
  readonly lines: readonly string[];
  /** Lines that stay if there is too little room. */
  readonly keep: number;
}

export function* caseText(shown: ReviewCase, view: CaseView): Generator<string> {
  const { rows, paint, now } = view;
  const columns = Math.min(view.columns, MOST_COLUMNS);
  yield headText(shown, columns, paint);
  const sections = sectionsOf(shown, { width: Math.max(20, columns - LABEL - 2), paint, now });
  for (const { label, lines } of rows === undefined ? sections : fitted(sections, rows - 1)) {
    for (const [index, line] of lines.entries())
      yield `${index === 0 ? paint("dim", label.padEnd(LABEL)) : " ".repeat(LABEL)}${line}`;
  }
}

function headText(shown: ReviewCase, columns: number, paint: Out["paint"]): string {
  const left = timeLeft(shown);
  const urgent = shown.urgent ? "URGENT, " : "";
  const dashes = "─".repeat(Math.max(3, columns - `── case   ${urgent}${left.text} ──`.length));
  return `── case ${dashes} ${urgent === "" ? "" : paint(["bold", "red"], urgent)}${paintLeft(left, paint)} ──`;
}

function sectionsOf(shown: ReviewCase, layout: parts.Layout): Section[] {
  const { width, paint } = layout;
  const { stream, live, decision, issues = [], words, secondOpinion, verdict } = shown;
  const section = (label: string, keep: number, lines: readonly string[]): Section => ({ label, keep, lines });
  const wrapped = (text: string): string[] => wrapText(text, width);
  const asked = secondOpinion ? `${personText(secondOpinion.by)} asks for another person's verdict` : "";
  const name = stream ? breakText(escapeInvisible(formatStream(stream)), width) : [];
  return [
    section(
      "stream",
      2,
      name.map((line) => paint("bold", line)),
    ),
    section("live", 1, parts.liveText(live, layout)),
    section("reported", 1, wrapped(reportedText({ ...shown, urgent: false }))),
    section("waits", 2, [waitsText(shown), ...wayOf(shown)].flatMap(wrapped)),
    section("because", 2, shown.appealed ? quote(shown.appealed.reason, width) : []),
    section("held", 1, decision ? wrapped(parts.heldText(decision)) : []),
    section(
      "invalid",
      3,
      issues.flatMap(({ pointer, message }) => quote(`${pointer || "the message"}: ${message}`, width)),
    ),
    section("words", LEAST_WORDS, words === undefined ? [] : quote(words, width)),
    section("evidence", 4, parts.evidenceText(shown.evidence, width)),
    section("reports", 2, parts.reportsText(shown.reports, width)),
    section("orders", 2, parts.ordersText(shown.orders, layout)),
    section("notes", 2, parts.notesText(shown.notes, layout)),
    section("opinion", 2, secondOpinion ? parts.remarkText(asked, secondOpinion, layout) : []),
    section(
      "earlier",
      2,
      shown.earlierVerdicts.flatMap((each) => parts.verdictText(each, layout)),
    ),
    section("verdict", 2, verdict ? parts.verdictText(verdict, layout) : []),
    section("case", 1, breakText(escapeInvisible(shown.key), width)),
  ].filter(({ lines }) => lines.length > 0);
}

/** What the rules looked at, and which rules for the category did not match. The first step repeats what was reported. */
const wayOf = ({ steps = [], rules = [], policyChanged }: ReviewCase): string[] => [
  ...(policyChanged ? ["the policy has changed since; by the one of today:"] : []),
  ...steps.slice(1).map(escapeInvisible),
  ...rules
    .filter(({ unmet }) => unmet.length > 0 && !unmet.some((each) => each.startsWith("category ")))
    .map(({ rule, unmet }) => escapeInvisible(`not ${rule}: ${unmet.join("; ")}`)),
];

const countOf = (sections: readonly Section[]): number => sections.reduce((sum, { lines }) => sum + lines.length, 0);

/** Cuts sections to what has to stay, and gives the room that is left to the words first, and then from the top. */
function fitted(sections: readonly Section[], rows: number): Section[] {
  let room = rows - countOf(sections.map((each) => ({ ...each, lines: each.lines.slice(0, each.keep) })));
  const byNeed = [...sections].sort((a, b) => Number(b.label === "words") - Number(a.label === "words"));
  const sizes = new Map<Section, number>();
  for (const each of byNeed) {
    const more = Math.max(0, Math.min(room, each.lines.length - each.keep));
    sizes.set(each, each.keep + more);
    room -= more;
  }
  return sections.map((each) => cutSection(each, sizes.get(each) ?? each.keep));
}

/** The last line that stays says how many more there are: outside the quotation, where no sender can write. */
function cutSection(section: Section, size: number): Section {
  const { lines } = section;
  if (lines.length <= size) return section;
  if (size === 1) return { ...section, lines: [`${lines[0]}…`] };
  const shown = lines.slice(0, size - 1);
  return { ...section, lines: [...shown, `… ${lines.length - shown.length} more lines: v shows everything`] };
}
