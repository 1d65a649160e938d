/** Parses command-line arguments and reports usage errors. */
import * as z from "zod";

/** An error of usage: printed without a stack trace, exit code 2. */
export class UsageError extends Error {}

/** Parses a whole number. @throws UsageError */
export function readNumber(name: string, text: string, min: number, max: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new UsageError(`--${name} ${text}: must be a whole number from ${min} to ${max}`);
}

/** Schema of an option `--name N` with a whole number. */
export function wholeNumber(min: number, max: number, usual: number, help: string) {
  const error = `must be a whole number from ${min} to ${max}`;
  return z.coerce.number(error).int(error).min(min, error).max(max, error).default(usual).describe(help);
}
export const seedOption = (usual: number) => wholeNumber(0, 999_999_999, usual, "seed of all random choices");

/** Runs `main` and sets its result as the exit code. On a usage error, prints the error and the help, and sets 2. */
export async function run(main: () => Promise<number>, help: string): Promise<void> {
  try {
    if (process.argv.some((arg) => arg.includes("\ufffd")))
      throw new UsageError("an argument is not UTF-8, or contains U+FFFD"); // Node replaces such a byte by U+FFFD
    process.exitCode = await main();
  } catch (error) {
    if (!isUsage(error)) throw error;
    console.error(`${error.message}\n\n${help}`);
    process.exitCode = 2;
  }
}

/** Whether the error is a UsageError or comes from `parseArgs`. */
const isUsage = (error: unknown): error is Error =>
  error instanceof UsageError ||
  (error instanceof TypeError && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS_"));
