/** What a person types after a command, and what is wrong with it. */

/** Told without a stack trace; the exit code is 2. */
export class UsageError extends Error {}

/** A whole number. @throws UsageError */
export function readNumber(name: string, text: string, min: number, max: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new UsageError(`--${name} ${text}: must be a whole number from ${min} to ${max}`);
}
