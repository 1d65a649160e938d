/** Questions of a review that are answered by one key. No key answers two questions in a row, so a key that is held down decides nothing. */
import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import type { Operator, OperatorRequest } from "../operator/client.ts";
import type { Reply } from "../operator/http.ts";
import type { CommandDeps } from "../terminal/command.ts";
import type { Keys } from "../terminal/keys.ts";
import { askLine } from "../terminal/prompt.ts";
import { cutTo } from "../terminal/width.ts";
import { askForPeople } from "./refusals.ts";
import type { Counts, Outcomes } from "./review-outcomes.ts";

export interface Reasons {
  approve?: string;
  reject?: string;
}

export interface Session {
  readonly operator: Operator;
  readonly keys: Keys;
  readonly deps: CommandDeps;
  /** The reason given last, by verdict. */
  readonly reasons: Reasons;
  readonly outcomes: Outcomes;
  readonly counts: Counts;
  /** Cases that this person does not want now. */
  skipped: string[];
}

/** The reason of requests for which nobody types one. */
export const REASON = "offair review next";
export const BACK = "nothing was done";
const TICK_MS = 1_000;

/** @param line - the prompt at this moment: it may count down. */
export async function askKey(line: () => string, { keys, deps: { out } }: Session): Promise<string> {
  out.prompt(line());
  const timer = out.isRedrawn ? setInterval(() => out.prompt(line()), TICK_MS) : undefined;
  try {
    return await keys.next();
  } finally {
    clearInterval(timer);
  }
}

const isBack = (key: string): boolean => ["escape", "backspace", "ctrl-c", "ctrl-d", "closed", "q"].includes(key);

export interface Choice {
  readonly key: string;
  readonly text: string;
}

/** @returns the key of a choice; undefined: back. Every other key does nothing. */
export async function choose(
  question: string,
  choices: readonly Choice[],
  session: Session,
): Promise<string | undefined> {
  const { out } = session.deps;
  out.say(question);
  for (const { key, text } of choices)
    out.say(cutTo(`  ${(key === "enter" ? "Enter" : key).padEnd(7)}${escapeInvisible(text)}`, out.columns - 1));
  await session.keys.flush(); // nobody agrees to words that were not shown yet
  const keys = choices.map(({ key }) => (key === "enter" ? "Enter" : key)).join(", ");
  for (;;) {
    const key = await askKey(() => `${keys}   Esc: back `, session);
    if (isBack(key)) return undefined;
    if (choices.some((each) => each.key === key)) return key;
  }
}

/** Asks for a line. @returns "" if the person typed none, which means: back. */
export async function askText(question: string, { keys, deps }: Session): Promise<string> {
  const text = await keys.lend(() => askLine(question, deps));
  if (text === "") deps.out.say(BACK);
  return text;
}

/** @returns undefined if it was not done, which is printed: the person then goes on with the case. */
export const tryTo = (request: OperatorRequest, { operator, deps }: Session): Promise<Reply | undefined> =>
  askForPeople(request, operator, deps);
