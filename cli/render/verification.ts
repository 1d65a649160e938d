/** What a verification found, for people and for programs. */

import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import type { VerificationFinding } from "../../lib/evidence/verify/finding.ts";
import type { Summary } from "../../lib/evidence/verify/summary.ts";
import { EXIT, type Exit } from "../terminal/command.ts";

/** What the caller pinned beside the key. */
export interface Options {
  readonly from?: Date;
  readonly through?: Date;
  readonly head?: string;
}

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
    const name = paint(kind === "incomplete" ? "yellow" : "red", kind.padEnd(11));
    say(`${name}  ${escapeInvisible(object)}  ${escapeInvisible(message)}`);
  },
  summary(summary: Summary, exit: Exit, options: Options): void {
    const colour = exit === EXIT.done ? "green" : exit === EXIT.incomplete ? "yellow" : "red";
    say(`${paint(colour, VERDICT[exit] ?? "")}: ${counts(summary)}`);
    for (const line of reach(summary, options)) say(line);
  },
});

const number = (value: number): string => value.toLocaleString("en-US");

const counts = ({ entries, audits, missed, rotations, objectsIntact }: Summary): string =>
  `${number(entries)} links (${number(audits)} audits, ${number(missed)} hours missed, ${number(rotations)} changes of the key), ${number(objectsIntact)} objects as they were written`;

/** Of what it can speak, and on whose word. */
function* reach(
  { isExcerpt, first, last, slots, head, replacedAt }: Summary,
  { through, head: pinned }: Options,
): Generator<string> {
  if (!first || !last) return;
  if (isExcerpt) yield `an excerpt: it begins with number ${first.number}, and says nothing of what was before`;
  yield `slots: from ${slots?.from ?? first.slot} until ${slots?.until ?? last.slot}`;
  yield `last link: number ${last.number}, SHA-256 ${last.sha256}`;
  yield `signed by: key ${last.keyId}`;
  if (replacedAt !== undefined && head === undefined) {
    yield `signed by a key that is not in force from number ${replacedAt} on: whoever has it could have written this later, and --head shows that nobody did`;
  }
  if (pinned !== undefined && head !== undefined) {
    if (head < last.number) yield `the head that you gave is number ${head}: of later links it says nothing`;
  } else if (pinned === undefined && through === undefined) {
    yield "no --head and no --through: whether there were later links, this bundle cannot say";
  }
}
