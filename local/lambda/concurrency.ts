/**
 * Limits of concurrent invocations. An invocation above its limit is refused, and does not wait.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html
 */
import { type ThrottleReason, throttled } from "./invocation-refused.ts";

export interface Concurrency {
  /** Takes one place. Returns a function that frees it. @throws InvocationRefused if none is free. */
  take(): () => void;
}

export function createConcurrency(limit: number, reason: ThrottleReason): Concurrency {
  let inUse = 0;
  return {
    take() {
      if (inUse >= limit) throw throttled(reason);
      inUse += 1;
      return () => {
        inUse -= 1;
      };
    },
  };
}

/** The quota of an account. A new account may have a lower one: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const ACCOUNT_CONCURRENCY = 1_000;

/** The concurrency that reservations must leave to the other functions: https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html */
const MIN_UNRESERVED = 100;

/** The concurrency that functions without a reservation share. @throws Error if the reservations leave too little, as a deployment does. */
export function unreservedConcurrency(reservations: readonly number[], account = ACCOUNT_CONCURRENCY): number {
  const unreserved = account - reservations.reduce((sum, each) => sum + each, 0);
  if (reservations.length === 0 || unreserved >= MIN_UNRESERVED) return unreserved;
  throw new Error(
    `reserved concurrency leaves ${unreserved} of the account's ${account}, and Lambda requires ${MIN_UNRESERVED}: reserve less or raise the quota`,
  );
}
