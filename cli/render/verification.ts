/** Renders the findings and the summary of a verification, as text and as JSON. */

import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import { isGap, type VerificationFinding } from "../../lib/evidence/verify/finding.ts";
import type { Summary } from "../../lib/evidence/verify/summary.ts";
import type { VerifyOptions } from "../../lib/evidence/verify/verify-bounds.ts";
import { EXIT, type Exit } from "../terminal/command.ts";
import { numberText } from "../terminal/number-text.ts";

export type Options = Omit<VerifyOptions, "publicKey">;

const VERDICT: Partial<Record<Exit, string>> = {
  [EXIT.done]: "intact",
  [EXIT.incomplete]: "intact, with gaps",
  [EXIT.altered]: "NOT INTACT",
};

export const jsonOf = (json: (value: unknown) => void) => ({
  finding: ({ kind, object, message }: VerificationFinding) => json({ type: "finding", kind, object, message }),
  summary: (summary: Summary, exit: Exit) => json({ type: "summary", verdict: VERDICT[exit], exit, ...summary }),
});

type Paint = (format: "red" | "yellow" | "green" | "bold", text: string) => string;

export const textFor = (say: (text: string) => void, paint: Paint) => ({
  finding({ kind, object, message }: VerificationFinding): void {
    const name = paint(isGap(kind) ? "yellow" : "red", kind.padEnd(11));
    say(`${name}  ${escapeInvisible(object)}  ${escapeInvisible(message)}`);
  },
  summary(summary: Summary, exit: Exit, options: Options): void {
    const colour = exit === EXIT.done ? "green" : exit === EXIT.incomplete ? "yellow" : "red";
    say(`${paint(colour, VERDICT[exit] ?? "")}: ${counts(summary)}`);
    for (const line of reach(summary, options)) say(line);
  },
});

const counts = ({ entries, audits, missed, rotations, objectsIntact }: Summary): string =>
  `${numberText(entries)} chain entries (${numberText(audits)} audits, ${numberText(missed)} missed hours, ${numberText(rotations)} key rotations), ${numberText(objectsIntact)} objects intact`;

/** What the result covers, and what it cannot show. */
function* reach(
  { isExcerpt, first, last, slots, head, replacedAt }: Summary,
  { from, through, head: pinned }: Options,
): Generator<string> {
  if (!first || !last) return;
  if (isExcerpt) yield `an excerpt: it begins with number ${first.number}, and proves nothing about the time before`;
  if (isExcerpt && !from) yield `if it is to begin there, verify it with --from ${slots?.from ?? first.slot}`;
  yield `hours: from ${slots?.from ?? first.slot} until ${slots?.until ?? last.slot}`;
  yield `last entry: number ${last.number}, SHA-256 ${last.sha256}`;
  yield `signed by: key ${last.keyId}`;
  if (replacedAt !== undefined && head === undefined) {
    yield `this key was replaced at number ${replacedAt}: its holder could have written these entries later. Use --head to rule that out`;
  }
  if (pinned !== undefined && head !== undefined) {
    if (head < last.number) yield `the given head is number ${head}: it does not protect later entries`;
  } else if (pinned === undefined && through === undefined) {
    yield "no --head and no --through: later entries may have been cut off";
  }
}
