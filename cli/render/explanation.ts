/** Why a report was decided on as it was, or what one would meet, for people. */

import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import { formatStream } from "../../lib/core/stream.ts";
import type { ShownExplanation } from "../operator/response.ts";
import { secondOf } from "../terminal/duration.ts";
import type { Out } from "../terminal/output.ts";

type Decided = NonNullable<ShownExplanation["decision"]>;
type Rules = NonNullable<ShownExplanation["rules"]>;

const decisionText = ({ action, because, rule }: Decided): string =>
  `${escapeInvisible(action)}: ${escapeInvisible(because)}${rule === undefined ? "" : `, rule ${escapeInvisible(rule)}`}`;

export function* explainText(told: ShownExplanation, paint: Out["paint"]): Generator<string> {
  const { key, source, stream, category, score, stored, now, issues = [], notes = [] } = told;
  yield paint(
    "bold",
    key === undefined ? `a report of ${escapeInvisible(source)} that came now` : escapeInvisible(key),
  );
  if (stream) yield `  stream    ${escapeInvisible(formatStream(stream))}`;
  if (category !== undefined)
    yield `  says      ${escapeInvisible(category)}${score === undefined ? "" : `, score ${score}`}`;
  for (const { pointer, message } of issues)
    yield `  wrong     ${escapeInvisible(pointer || "the whole")}: ${escapeInvisible(message)}`;
  if (stored) yield* storedText(stored);
  if (now) {
    const same = now.isSameDecision ? "the same" : paint("yellow", "another decision");
    yield `  today     ${decisionText(now.decision)} (${same}${told.policyChanged ? ", the policy has changed" : ""})`;
    yield* workings(now.rules, now.steps);
  }
  if (told.decision) {
    yield `  decision  ${decisionText(told.decision)}`;
    yield* workings(told.rules ?? [], told.steps ?? []);
    yield* held(told, paint);
  }
  for (const note of notes) yield `  note      ${escapeInvisible(note)}`;
}

function* storedText(stored: NonNullable<ShownExplanation["stored"]>): Generator<string> {
  const { decision, decidedAt, mode, outcome, because, verdict } = stored;
  const when = `${secondOf(decidedAt)}${mode === undefined ? "" : `, mode ${escapeInvisible(mode)}`}`;
  yield `  decided   ${decision ? decisionText(decision) : "nobody could translate it"} (${when})`;
  if (outcome !== undefined)
    yield `  ended     ${escapeInvisible(outcome)}${because === undefined ? "" : `: ${escapeInvisible(because)}`}`;
  if (verdict)
    yield `  verdict   ${escapeInvisible(verdict.verdict)} by ${escapeInvisible(verdict.by)} at ${secondOf(verdict.at)}`;
}

function* workings(rules: Rules, steps: readonly string[]): Generator<string> {
  for (const { rule, unmet } of rules) {
    yield `  rule      ${escapeInvisible(rule)}: ${unmet.length === 0 ? "answers" : unmet.map(escapeInvisible).join("; ")}`;
  }
  for (const step of steps) yield `  step      ${escapeInvisible(step)}`;
}

function* held(
  { inScope, isProtected, mode, headroom = [], heldBackBy = [] }: ShownExplanation,
  paint: Out["paint"],
): Generator<string> {
  if (inScope === false) yield "  scope     outside the ingest domains and apps of the policy";
  if (isProtected) yield "  scope     protected";
  if (mode !== undefined) yield `  mode      ${escapeInvisible(mode)}`;
  for (const { limit, used, most } of headroom) yield `  limit     ${escapeInvisible(limit)}: ${used} of ${most} used`;
  if (heldBackBy.length > 0) yield paint("yellow", `  held back by ${heldBackBy.map(escapeInvisible).join(", ")}`);
}
