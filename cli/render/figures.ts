/** How often sources were right, as lines for people. */
import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import { formatStream } from "../../lib/core/stream.ts";
import type { Overturned, SourceRow } from "../../lib/operator/contract/figures-schema.ts";
import { commandText } from "../terminal/command-text.ts";
import { secondOf } from "../terminal/duration.ts";
import { numberText } from "../terminal/number-text.ts";
import type { Out } from "../terminal/output.ts";
import { alignedCells } from "./columns.ts";

type Figure = SourceRow["all"];
type Named = NonNullable<SourceRow["rules"]>[number];

const percent = (share: number): string => (share * 100).toFixed(1).replace(/\.0$/, "");

/** `91.7 % (86.1 to 95.1) of 120`: the share, its 95 % interval and the number of cases that it rests on. */
export function figureText({ cases, precision, low, high }: Figure): string {
  if (precision === undefined || low === undefined || high === undefined) return "no case looked at";
  return `${percent(precision)} % (${percent(low)} to ${percent(high)}) of ${numberText(cases)}`;
}

const HEAD = [
  "SOURCE",
  "KIND",
  "GRADE",
  "REPORTS",
  "ACTIONS",
  "NEVER LOOKED AT",
  "RIGHT, OF CASES",
  "RIGHT, OF THE SAMPLE",
  "",
];
/** Numbers. */
const TO_THE_RIGHT = new Set([3, 4, 5]);

const cellsOf = (row: SourceRow): string[] => [
  escapeInvisible(row.name),
  escapeInvisible(row.kind),
  escapeInvisible(row.grade),
  `${numberText(row.reports)}${row.isWhole ? "" : "+"}`,
  numberText(row.actions),
  numberText(row.neverLookedAt),
  figureText(row.all),
  row.sample.drawn === 0 ? "-" : figureText(row.sample),
  row.frozen ? "frozen" : "",
];

/** One line a source. */
export function* sourcesText(rows: readonly SourceRow[], days: number, paint: Out["paint"]): Generator<string> {
  for (const [index, cells] of alignedCells([HEAD, ...rows.map(cellsOf)], TO_THE_RIGHT).entries()) {
    const line = cells.trimEnd();
    yield index === 0 ? paint("bold", line) : rows[index - 1]?.frozen ? paint("yellow", line) : line;
  }
  yield `the last ${days} days; in parentheses, the interval that holds the true share with 95 %. Cases that people looked at`;
  yield "are no fair sample of a source: rules and limits chose them. Compare sources by the sample: offair help sources";
  for (const { name, since } of rows.filter(({ isWhole }) => !isWhole)) {
    yield paint(
      "yellow",
      `${escapeInvisible(name)} has more reports than are counted: its figures begin at ${secondOf(since)}`,
    );
  }
}

/** One source: by rule, category, score band and reporter. */
export function* sourceText(row: SourceRow, days: number, paint: Out["paint"]): Generator<string> {
  const { name, kind, adapter, grade, frozen, reports, actions, neverLookedAt, waiting, all, sample, since, isWhole } =
    row;
  const state = frozen ? `, ${paint("yellow", "frozen")}` : "";
  yield `${paint("bold", escapeInvisible(name))}  ${escapeInvisible(kind)}, adapter ${escapeInvisible(adapter)}, grade ${escapeInvisible(grade)}${state}`;
  yield `  reports    ${numberText(reports)} in ${isWhole ? `the last ${days} days` : `the time since ${secondOf(since)}: more are not counted`}`;
  yield `  actions    ${numberText(actions)}, ${numberText(neverLookedAt)} never looked at; ${numberText(waiting)} wait for a person`;
  yield `  right      ${figureText(all)} cases that people looked at`;
  yield sample.drawn === 0
    ? "  sample     none: offair review sample 2% draws actions at random, for figures without bias"
    : `  sample     ${figureText(sample)}; ${numberText(sample.drawn)} actions were drawn`;
  yield* groupText("RULE", "the action was right", row.rules, paint);
  yield* groupText("CATEGORY", "the source was right", row.categories, paint);
  yield* groupText("SCORE", "the source was right", row.bands, paint);
  yield* reportersText(row, paint);
}

function* groupText(
  title: string,
  what: string,
  figures: readonly Named[] | undefined,
  paint: Out["paint"],
): Generator<string> {
  if (!figures || figures.length === 0) return;
  const width = Math.max(title.length, ...figures.map(({ name }) => escapeInvisible(name).length));
  yield paint("bold", `  ${title.padEnd(width)}  ${what.toUpperCase()}`);
  for (const figure of figures) yield `  ${escapeInvisible(figure.name).padEnd(width)}  ${figureText(figure)}`;
}

function* reportersText({ reporters = [], reportersKnown = 0 }: SourceRow, paint: Out["paint"]): Generator<string> {
  if (reporters.length === 0) return;
  yield paint("bold", "  REPORTER  RIGHT  WRONG  (REPORTS OF THE LAST WEEKS COUNT MOST)");
  for (const { reporter, right, wrong } of reporters) {
    yield `  ${escapeInvisible(reporter).padEnd(8)}  ${right.toFixed(1).padStart(5)}  ${wrong.toFixed(1).padStart(5)}`;
  }
  const more = reportersKnown - reporters.length;
  if (more > 0) yield `  and ${numberText(more)} more reporters, who were wrong less often`;
}

const MEANS: Readonly<Record<string, string>> = {
  "false-positive": "counts as a mistake of the source",
  policy: "the source was right, and the policy should not have acted",
  context: "the source was right, and the context makes it acceptable",
};

/** What was marked, how it counts, and that the stream stays as it is. */
export function* overturnedText({ report, source, rule, orderId, overturns }: Overturned): Generator<string> {
  const { because = "" } = overturns.at(-1) ?? {};
  const what = report === undefined ? `order ${orderId ?? ""}` : `report ${report}`;
  const counts = report === undefined ? "it came from no source, so that no figure changes" : (MEANS[because] ?? "");
  const from = [...(source === undefined ? [] : [`source ${source}`]), ...(rule === undefined ? [] : [`rule ${rule}`])];
  yield `marked as wrong (${escapeInvisible(because)}): ${escapeInvisible(what)}`;
  yield `  ${counts}${from.length === 0 ? "" : `: ${escapeInvisible(from.join(", "))}`}`;
  const earlier = overturns.length - 1;
  if (earlier > 0)
    yield `  ${earlier} earlier ${earlier === 1 ? "statement is" : "statements are"} kept; the newest one counts`;
}

/** The stream stays as it is. */
export const howToEnable = ({ stream }: Overturned): string =>
  stream === undefined
    ? "nothing changed at Live"
    : `nothing changed at Live: if the stream is still off, ${commandText("enable", [formatStream(stream)], { reason: "TEXT" })}`;
