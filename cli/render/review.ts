/** What waits for a person, for people. */

import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import { formatStream } from "../../lib/core/stream.ts";
import type { ShownReview } from "../operator/response.ts";
import { secondOf, secondsText } from "../terminal/duration.ts";
import type { Out } from "../terminal/output.ts";

/** The key first and alone: it is what a verdict names. Names of streams end their line. */
export function* reviewText(row: ShownReview, paint: Out["paint"]): Generator<string> {
  const { key, stream, category, score, because, rule, decision, verdict, issues = [], receivedAt, ageMinutes } = row;
  yield paint("bold", escapeInvisible(key));
  if (stream) yield `  stream    ${escapeInvisible(formatStream(stream))}`;
  yield `  received  ${secondOf(receivedAt)}, ${secondsText(ageMinutes * 60)} old`;
  if (category !== undefined)
    yield `  says      ${escapeInvisible(category)}${score === undefined ? "" : `, score ${score}`}`;
  yield `  waits     ${escapeInvisible(because)}${rule === undefined ? "" : `, rule ${escapeInvisible(rule)}`}`;
  if (decision) yield `  asked     ${escapeInvisible(decision.action)}, ${escapeInvisible(decision.because)}`;
  for (const { pointer, message } of issues)
    yield `  wrong     ${escapeInvisible(pointer || "the whole")}: ${escapeInvisible(message)}`;
  if (verdict) {
    yield paint(
      "yellow",
      `  ${escapeInvisible(verdict.verdict)} by ${escapeInvisible(verdict.by)} at ${secondOf(verdict.at)}, but its order may not be on its way: approve it once more`,
    );
  }
}
