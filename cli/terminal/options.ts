/** Declares and reads the options of commands. */
import { parseDay } from "../../lib/core/instant.ts";
import { UsageError } from "./errors.ts";

/** Options as `parseArgs` returns them: text for an option with a value, true for a flag. */
export type Values = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

/** Options as a command declares them. */
export type OptionDeclarations = Readonly<Record<string, OptionDeclaration>>;

interface OptionDeclaration {
  readonly type: "string" | "boolean";
  /** One letter. */
  readonly short?: string;
  /** The words of which the value is one, for the completion in shells, unless the usage lists them (`--as pause|disable`). */
  readonly words?: readonly string[];
}

/** Declares options that need a value. */
export const texts = (...names: string[]) => declare(names, "string");

/** Declares options without a value. */
export const flags = (...names: string[]) => declare(names, "boolean");

/** The line of a command's help for `--request-id`. */
export const REPEAT_HELP = "  --request-id ID  repeat a request that got no answer, with the ID that offair printed";

const declare = (names: readonly string[], type: "string" | "boolean"): OptionDeclarations =>
  Object.fromEntries(names.map((name) => [name, { type }]));

/** @throws UsageError for `--name` without a value. */
export function textOf(values: Values, name: string): string | undefined {
  const value = values[name];
  if (value === undefined) return undefined;
  if (typeof value !== "string" || value === "") throw new UsageError(`--${name} needs one value`);
  return value;
}

/** @throws UsageError if the option is missing. */
export function requiredText(values: Values, name: string, why: string): string {
  const text = textOf(values, name);
  if (text === undefined) throw new UsageError(`--${name} is missing: ${why}`);
  return text;
}

/** Parses a whole number from 1. @throws UsageError */
export function wholeNumberOf(values: Values, name: string, most = Number.POSITIVE_INFINITY): number | undefined {
  const text = textOf(values, name);
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text) && Number(text) >= 1 && Number(text) <= most) return Number(text);
  throw new UsageError(`--${name} ${text} must be a whole number from 1${Number.isFinite(most) ? ` to ${most}` : ""}`);
}

/** Parses a day such as `2026-03-14`. @returns its first moment in UTC. @throws UsageError */
export function dayOf(text: string, name: string): Date {
  const day = parseDay(text);
  if (!day) throw new UsageError(`${name} must be a day such as 2026-03-14 (UTC)`);
  return day;
}
