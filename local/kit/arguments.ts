/** What a person types after a command, and what is wrong with it. */

/** Told without a stack trace; the exit code is 2. */
export class UsageError extends Error {}

/** A whole number. @throws UsageError */
export function readNumber(name: string, text: string, min: number, max: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new UsageError(`--${name} ${text}: must be a whole number from ${min} to ${max}`);
}

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
