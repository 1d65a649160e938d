/** What waits for a person, for people. */

import { visible } from "../../lib/core/escape-invisible.ts";
import { formatStream } from "../../lib/core/stream.ts";
import type { ShownReview } from "../operator/response.ts";
import { secondOf, secondsText } from "../terminal/duration.ts";
import type { Out } from "../terminal/output.ts";

/** The key first and alone: it is what a verdict names. Names of streams end their line. */
export function* reviewText(row: ShownReview, paint: Out["paint"]): Generator<string> {
  const { key, stream, category, score, because, rule, decision, verdict, faults = [], receivedAt, ageMinutes } = row;
  yield paint("bold", visible(key));
  if (stream) yield `  stream    ${visible(formatStream(stream))}`;
  yield `  received  ${secondOf(receivedAt)}, ${secondsText(ageMinutes * 60)} old`;
  if (category !== undefined) yield `  says      ${visible(category)}${score === undefined ? "" : `, score ${score}`}`;
  yield `  waits     ${visible(because)}${rule === undefined ? "" : `, rule ${visible(rule)}`}`;
  if (decision) yield `  asked     ${visible(decision.action)}, ${visible(decision.because)}`;
  for (const { pointer, message } of faults)
    yield `  wrong     ${visible(pointer || "the whole")}: ${visible(message)}`;
  if (verdict) {
    yield paint(
      "yellow",
      `  ${visible(verdict.verdict)} by ${visible(verdict.by)} at ${secondOf(verdict.at)}, but its order may not be on its way: approve it once more`,
    );
  }
}
