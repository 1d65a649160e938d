/**
 * API Gateway's throttling of a stage: a token bucket that holds `burst` tokens and gets `ratePerSecond` new ones.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html
 */
export interface TokenBucket {
  /** Takes a token. Returns false if there is none. */
  take(nowMs: number): boolean;
}

const SECOND_MS = 1_000;

export function createTokenBucket(ratePerSecond: number, burst: number): TokenBucket {
  let tokens = burst;
  let filledMs = Number.NEGATIVE_INFINITY;
  return {
    take(nowMs) {
      const passedMs = Math.max(0, nowMs - filledMs);
      tokens = Math.min(burst, tokens + (passedMs / SECOND_MS) * ratePerSecond);
      filledMs = Math.max(filledMs, nowMs);
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
  };
}
