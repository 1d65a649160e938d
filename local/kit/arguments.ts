/** What a person types after a command, and what is wrong with it. */
import * as z from "zod";

/** Told without a stack trace; the exit code is 2. */
export class UsageError extends Error {}

/** A whole number. @throws UsageError */
export function readNumber(name: string, text: string, min: number, max: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new UsageError(`--${name} ${text}: must be a whole number from ${min} to ${max}`);
}

/** A number option `--name N`, for a schema of options. */
export function wholeNumber(min: number, max: number, usual: number, help: string) {
  const error = `must be a whole number from ${min} to ${max}`;
  return z.coerce.number(error).int(error).min(min, error).max(max, error).default(usual).describe(help);
}
export const seedOption = (usual: number) => wholeNumber(0, 999_999_999, usual, "of everything that is left to chance");

/** Sets the exit code: what `main` answers, or 2, with what is wrong and the help, where a person typed something that cannot be. */
export async function run(main: () => Promise<number>, help: string): Promise<void> {
  try {
    process.exitCode = await main();
  } catch (error) {
    if (!isUsage(error)) throw error;
    console.error(`${error.message}\n\n${help}`);
    process.exitCode = 2;
  }
}

/** Ours, or one of `parseArgs`. */
const isUsage = (error: unknown): error is Error =>
  error instanceof UsageError ||
  (error instanceof TypeError && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS_"));
