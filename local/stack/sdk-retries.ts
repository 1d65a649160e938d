/**
 * Invokes a function as a client of the SDK does: a throttled call is sent three times.
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html (standard mode)
 */
import { isThrottled } from "../lambda/invocation-refused.ts";

const ATTEMPTS = 3;
/** Of a throttled call; doubled after each attempt, up to 20 s, with full jitter. */
const BASE_MS = 500;

export interface RetryOptions {
  readonly wait: (ms: number) => Promise<void>;
  readonly random: () => number;
}

/** @throws the error of the last attempt. */
export async function withSdkRetries<T>(send: () => Promise<T>, { wait, random }: RetryOptions): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await send();
    } catch (error) {
      if (!isThrottled(error) || attempt === ATTEMPTS) throw error;
      await wait(random() * BASE_MS * 2 ** (attempt - 1));
    }
  }
}
