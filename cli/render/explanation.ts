/** Why a report was decided on as it was, or what one would meet, for people. */

import { visible } from "../../lib/core/escape-invisible.ts";
import { formatStream } from "../../lib/core/stream.ts";
import type { ShownExplanation } from "../operator/response.ts";
import { secondOf } from "../terminal/duration.ts";
import type { Out } from "../terminal/output.ts";

type Decided = NonNullable<ShownExplanation["decision"]>;
type Rules = NonNullable<ShownExplanation["rules"]>;

const decisionText = ({ action, because, rule }: Decided): string =>
  `${visible(action)}: ${visible(because)}${rule === undefined ? "" : `, rule ${visible(rule)}`}`;

export function* explainText(told: ShownExplanation, paint: Out["paint"]): Generator<string> {
  const { key, source, stream, category, score, stored, now, faults = [], notes = [] } = told;
  yield paint("bold", key === undefined ? `a report of ${visible(source)} that came now` : visible(key));
  if (stream) yield `  stream    ${visible(formatStream(stream))}`;
  if (category !== undefined) yield `  says      ${visible(category)}${score === undefined ? "" : `, score ${score}`}`;
  for (const { pointer, message } of faults)
    yield `  wrong     ${visible(pointer || "the whole")}: ${visible(message)}`;
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
  for (const note of notes) yield `  note      ${visible(note)}`;
}

function* storedText(stored: NonNullable<ShownExplanation["stored"]>): Generator<string> {
  const { decision, decidedAt, mode, outcome, because, verdict } = stored;
  const when = `${secondOf(decidedAt)}${mode === undefined ? "" : `, mode ${visible(mode)}`}`;
  yield `  decided   ${decision ? decisionText(decision) : "nobody could translate it"} (${when})`;
  if (outcome !== undefined)
    yield `  ended     ${visible(outcome)}${because === undefined ? "" : `: ${visible(because)}`}`;
  if (verdict) yield `  verdict   ${visible(verdict.verdict)} by ${visible(verdict.by)} at ${secondOf(verdict.at)}`;
}

function* workings(rules: Rules, steps: readonly string[]): Generator<string> {
  for (const { rule, unmet } of rules) {
    yield `  rule      ${visible(rule)}: ${unmet.length === 0 ? "answers" : unmet.map(visible).join("; ")}`;
  }
  for (const step of steps) yield `  step      ${visible(step)}`;
}

function* held(
  { inScope, isProtected, mode, headroom = [], heldBackBy = [] }: ShownExplanation,
  paint: Out["paint"],
): Generator<string> {
  if (inScope === false) yield "  scope     outside the ingest domains and apps of the policy";
  if (isProtected) yield "  scope     protected";
  if (mode !== undefined) yield `  mode      ${visible(mode)}`;
  for (const { limit, used, most } of headroom) yield `  limit     ${visible(limit)}: ${used} of ${most} used`;
  if (heldBackBy.length > 0) yield paint("yellow", `  held back by ${heldBackBy.map(visible).join(", ")}`);
}
