/** A report that waits for a person, as lines for people. */

import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import { formatStream } from "../../lib/core/stream.ts";
import type { ReviewRow } from "../../lib/operator/contract/response-schema.ts";
import { secondOf, secondsText } from "../terminal/duration.ts";
import type { Out } from "../terminal/output.ts";

/** The key has its own line, because a verdict names it. Names of streams end their line. */
export function* reviewText(row: ReviewRow, paint: Out["paint"]): Generator<string> {
  const { key, stream, category, score, because, rule, decision, verdict, issues = [], receivedAt, ageMinutes } = row;
  const { dueAt, minutesLeft = 0, urgent } = row;
  yield paint("bold", escapeInvisible(key));
  if (stream) yield `  stream    ${escapeInvisible(formatStream(stream))}`;
  yield `  received  ${secondOf(receivedAt)}, ${secondsText(ageMinutes * 60)} old`;
  if (dueAt !== undefined) {
    const left = minutesLeft < 0 ? `${secondsText(-minutesLeft * 60)} late` : `${secondsText(minutesLeft * 60)} left`;
    const line = `  due       ${secondOf(dueAt)}, ${left}${urgent ? ", urgent" : ""}`;
    yield minutesLeft < 0 || urgent ? paint("yellow", line) : line;
  }
  if (category !== undefined)
    yield `  reported  ${escapeInvisible(category)}${score === undefined ? "" : `, score ${score}`}`;
  yield `  because   ${escapeInvisible(because)}${rule === undefined ? "" : `, rule ${escapeInvisible(rule)}`}`;
  if (decision) yield `  held      ${escapeInvisible(decision.action)}, ${escapeInvisible(decision.because)}`;
  for (const { pointer, message } of issues)
    yield `  invalid   ${escapeInvisible(pointer || "the message")}: ${escapeInvisible(message)}`;
  if (verdict) {
    yield paint(
      "yellow",
      `  ${escapeInvisible(verdict.verdict)} by ${escapeInvisible(verdict.by)} at ${secondOf(verdict.at)}, but its order may not be queued: approve it again`,
    );
  }
}
