/** The list of cases: a few lines for each, with the time that is left in front. */

import { escapeInvisible } from "../../../lib/core/escape-invisible.ts";
import { formatStream } from "../../../lib/core/stream.ts";
import type { ReviewRow } from "../../../lib/operator/contract/response-schema.ts";
import { secondOf, secondsText } from "../../terminal/duration.ts";
import type { Out } from "../../terminal/output.ts";
import { breakText, wrapText } from "../../terminal/wrap.ts";
import { appealedText, becauseText, paintLeft, personText, timeLeft } from "./parts.ts";

/** Of the time that is left: `364 d 23 h overdue`. */
const MARGIN = 18;
const INDENT = " ".repeat(MARGIN + 2);

export interface ListView {
  readonly columns: number;
  readonly paint: Out["paint"];
}

/** Names that senders chose have lines of their own. */
export function* reviewText(row: ReviewRow, { columns, paint }: ListView): Generator<string> {
  const { key, stream, issues = [], verdict } = row;
  const width = Math.max(20, columns - INDENT.length);
  const left = timeLeft(row);
  const [first = "", ...rest] = breakText(escapeInvisible(key), width);
  yield `${" ".repeat(Math.max(0, MARGIN - left.text.length))}${paintLeft(left, paint)}  ${paint("bold", first)}`;
  const inset = (line: string): string => `${INDENT}${line}`;
  yield* rest.map((line) => inset(paint("bold", line)));
  yield* wrapText(reportedText(row), width).map(inset);
  yield* wrapText(waitsText(row), width).map(inset);
  for (const { pointer, message } of issues)
    yield* wrapText(`${escapeInvisible(pointer || "the message")}: ${escapeInvisible(message)}`, width).map(inset);
  yield* wrapText(peopleText(row), width)
    .filter((line) => line !== "")
    .map((line) => inset(paint("cyan", line)));
  if (verdict) yield* wrapText(unsentText(verdict), width).map((line) => inset(paint("yellow", line)));
  if (stream) yield* breakText(escapeInvisible(formatStream(stream)), width).map(inset);
}

export function reportedText({ category, score, ageMinutes, source, grade, urgent, appealed }: ReviewRow): string {
  const name = category === undefined ? "a message" : escapeInvisible(category);
  const what = appealed ? `APPEAL against order ${appealed.number} (${name})` : name;
  const sure = score === undefined ? "" : `, score ${score}`;
  const by = `by ${escapeInvisible(source)}${grade === undefined ? "" : ` (grade ${escapeInvisible(grade)})`}`;
  return `${urgent ? "URGENT " : ""}${what}${sure}, ${ageText(ageMinutes)}, ${by}`;
}

export const ageText = (minutes: number): string => (minutes < 1 ? "just now" : `${secondsText(minutes * 60)} ago`);

export function waitsText({ because, rule, decision, outcome, isSample, appealed }: ReviewRow): string {
  if (appealed) return `against ${appealedText(appealed)}`;
  if (isSample)
    return `drawn for the sample: was its ${escapeInvisible(decision?.action ?? "action")} right? It was carried out`;
  const held = decision && outcome === "held" ? `, which holds its ${escapeInvisible(decision.action)}` : "";
  if (rule === undefined) return `${becauseText(because)}${held}`;
  const named = `rule ${escapeInvisible(rule)}`;
  return because === "rule" ? `${named} asks for a person` : `${named}: ${becauseText(because)}${held}`;
}

function peopleText({ holder, noteCount = 0, secondOpinion }: ReviewRow): string {
  return [
    ...(holder ? [`held by ${personText(holder.by)} until ${secondOf(holder.until)}`] : []),
    ...(secondOpinion ? [`${personText(secondOpinion.by)} asks for a second opinion`] : []),
    ...(noteCount > 0 ? [noteCount === 1 ? "1 note" : `${noteCount} notes`] : []),
  ].join(", ");
}

const unsentText = ({ verdict, by, at }: NonNullable<ReviewRow["verdict"]>): string =>
  `${escapeInvisible(verdict)} by ${personText(by)} at ${secondOf(at)}, but its order may not be queued: approve it again`;
