/** Settings of every AWS client: short timeouts and few attempts, because the callers have their own deadlines. */
export const AWS_CLIENT = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
};

/** For the webhook, because one sender waits only three seconds in total, and for other callers with little time. */
export const QUICK_CLIENT = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 500, requestTimeout: 800, throwOnRequestTimeout: true },
};
