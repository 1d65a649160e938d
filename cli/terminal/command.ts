/** What a command of `offair` is: told what was typed, it says something and answers how it ended. */
import type { ParseArgsOptionsConfig } from "node:util";
import type { Credentials } from "../operator/sign.ts";
import type { Out } from "./output.ts";
import type { Input } from "./prompt.ts";

/** The same for every command, so that a script need not know which it called. */
export const EXIT = {
  done: 0,
  /** A part of it failed, or something of ours. */
  failed: 1,
  usage: 2,
  refused: 3,
  /** The evidence is not what was signed. */
  altered: 4,
  /** The evidence is genuine, as far as looked at, and something is not in it. */
  incomplete: 5,
} as const;
export type Exit = (typeof EXIT)[keyof typeof EXIT];

/** Typed wrongly: told with a hint to the help, and never with a stack. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** A file or an archive that cannot be worked with: told in one sentence. */
export class InputError extends Error {
  override readonly name = "InputError";
}

/** Somebody who may, said no: nothing was done. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";
}

/** It came to nothing, or nobody knows what it came to: told with what to do next. */
export class FailedError extends Error {
  override readonly name = "FailedError";
}

/** Of something thrown: `code` of what the system refuses, `message` of anything. */
export const propertyOf = (error: unknown, name: "code" | "message"): unknown =>
  typeof error === "object" && error !== null ? Reflect.get(error, name) : undefined;

/** As `parseArgs` answers: a flag is there or not, a value is text. */
export type Values = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

export type Group = "incident" | "everyday" | "evidence";

export interface Typed {
  readonly operands: readonly string[];
  readonly values: Values;
}

export interface Command {
  readonly name: string;
  /** Under which heading of `offair help` it stands. */
  readonly group: Group;
  /** One line of `offair help`. */
  readonly summary: string;
  readonly help: string;
  readonly options: ParseArgsOptionsConfig;
  /** Names of what is typed without a dash, in its order: `ID` is needed, `[ID]` is not, the last may be `STREAM…` or `[STREAM…]`. */
  readonly operands: readonly string[];
  run(typed: Typed, deps: CommandDeps): Promise<Exit>;
}

/** Of a local stack: what is no environment variable. */
export interface LocalSettings {
  /** PEM. */
  readonly auditKey: string;
}

export interface CommandDeps {
  readonly out: Out;
  readonly env: NodeJS.ProcessEnv;
  readonly now: () => Date;
  /** Standard input. */
  readonly input: Input;
  /** Ends early, and does not reject, when the signal does. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly random: () => number;
  /** The AWS identity of whoever typed it. @throws FailedError */
  readonly credentials: () => Promise<Credentials>;
  /** Points `env` at the local stack, where one is running and nothing names a real deployment. Absent: there is none. */
  readonly useLocalStack?: (as: "operator" | "stores") => LocalSettings | undefined;
  /** The local stack that this command uses. */
  readonly local?: LocalSettings | undefined;
  /** From the first call on Ctrl-C no longer ends the process: it aborts. */
  readonly interrupted: () => AbortSignal;
}

/** @throws UsageError for `--name` without a value. */
export function textOf(values: Values, name: string): string | undefined {
  const value = values[name];
  if (value === undefined) return undefined;
  if (typeof value !== "string" || value === "") throw new UsageError(`--${name} needs one value`);
  return value;
}

/** @throws UsageError where it is not there. */
export function neededText(values: Values, name: string, why: string): string {
  const text = textOf(values, name);
  if (text === undefined) throw new UsageError(`--${name} is missing: ${why}`);
  return text;
}

/** `2026-03-14` @returns its first moment in UTC. @throws UsageError */
export function dayOf(text: string, name: string): Date {
  const day = new Date(`${text}T00:00:00.000Z`);
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
  if (!isDay) throw new UsageError(`${name} must be a day such as 2026-03-14 (UTC)`);
  return day;
}
