/** How a report was decided, or would be, as lines for people. */

import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import { formatStream } from "../../lib/core/stream.ts";
import type { ReportExplanation } from "../../lib/operator/contract/response-schema.ts";
import { secondOf } from "../terminal/duration.ts";
import type { Out } from "../terminal/output.ts";
import { percentOf } from "./mode.ts";

type Decided = NonNullable<ReportExplanation["decision"]>;
type Rules = NonNullable<ReportExplanation["rules"]>;

const decisionText = ({ action, because, rule }: Decided): string =>
  `${escapeInvisible(action)}: ${escapeInvisible(because)}${rule === undefined ? "" : `, rule ${escapeInvisible(rule)}`}`;

export function* explainText(explanation: ReportExplanation, paint: Out["paint"]): Generator<string> {
  const { key, source, stream, category, score, stored, now, issues = [], notes = [] } = explanation;
  yield paint(
    "bold",
    key === undefined ? `a report of ${escapeInvisible(source)}, received now` : escapeInvisible(key),
  );
  if (stream) yield `  stream    ${escapeInvisible(formatStream(stream))}`;
  if (category !== undefined)
    yield `  reported  ${escapeInvisible(category)}${score === undefined ? "" : `, score ${score}`}`;
  for (const { pointer, message } of issues)
    yield `  invalid   ${escapeInvisible(pointer || "the message")}: ${escapeInvisible(message)}`;
  if (stored) yield* storedText(stored);
  if (now) {
    const same = now.isSameDecision ? "the same" : paint("yellow", "another decision");
    yield `  today     ${decisionText(now.decision)} (${same}${explanation.policyChanged ? ", the policy has changed" : ""})`;
    yield* rulesText(now.rules, now.steps);
  }
  if (explanation.decision) {
    yield `  decision  ${decisionText(explanation.decision)}`;
    yield* rulesText(explanation.rules ?? [], explanation.steps ?? []);
    yield* limitsText(explanation, paint);
  }
  for (const note of notes) yield `  note      ${escapeInvisible(note)}`;
}

function* storedText(stored: NonNullable<ReportExplanation["stored"]>): Generator<string> {
  const { decision, decidedAt, mode, outcome, because, orderNumber, verdict, sampled, overturns = [] } = stored;
  const when = `${secondOf(decidedAt)}${mode === undefined ? "" : `, mode ${escapeInvisible(mode)}`}`;
  yield `  decided   ${decision ? decisionText(decision) : "the message could not be translated"} (${when})`;
  if (outcome !== undefined)
    yield `  ended     ${escapeInvisible(outcome)}${because === undefined ? "" : `: ${escapeInvisible(because)}`}`;
  if (orderNumber !== undefined) yield `  order     number ${orderNumber} of its stream`;
  if (verdict)
    yield `  verdict   ${escapeInvisible(verdict.verdict)} by ${escapeInvisible(verdict.by)} at ${secondOf(verdict.at)}`;
  if (verdict?.orderId !== undefined) yield `  order     ${escapeInvisible(verdict.orderId)}`;
  if (sampled !== undefined) yield `  sample    ${sampleNote(sampled)}`;
  for (const each of overturns) {
    yield `  wrong     ${escapeInvisible(each.because)}: ${escapeInvisible(each.reason)} (${escapeInvisible(each.by)} at ${secondOf(each.at)})`;
  }
}

const sampleNote = (sampled: number): string =>
  `drawn at random from the actions (${percentOf(sampled)} %): a person looks at it afterwards`;

function* rulesText(rules: Rules, steps: readonly string[]): Generator<string> {
  for (const { rule, unmet } of rules) {
    yield `  rule      ${escapeInvisible(rule)}: ${unmet.length === 0 ? "matches" : unmet.map(escapeInvisible).join("; ")}`;
  }
  for (const step of steps) yield `  step      ${escapeInvisible(step)}`;
}

function* limitsText(
  { inScope, isProtected, mode, headroom = [], heldBackBy = [] }: ReportExplanation,
  paint: Out["paint"],
): Generator<string> {
  if (inScope === false) yield "  scope     outside the ingest domains and apps of the policy";
  if (isProtected) yield "  scope     protected";
  if (mode !== undefined) yield `  mode      ${escapeInvisible(mode)}`;
  for (const { limit, used, most } of headroom) yield `  limit     ${escapeInvisible(limit)}: ${used} of ${most} used`;
  if (heldBackBy.length > 0) yield paint("yellow", `  held back by ${heldBackBy.map(escapeInvisible).join(", ")}`);
}
