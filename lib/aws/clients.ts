/** How every AWS client here is set up: short waits and few attempts, for the callers have deadlines of their own. */
export const AWS_CLIENT = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
};

/** For the webhook, whose least patient sender waits three seconds for everything together, and for whatever has no more. */
export const QUICK_CLIENT = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 500, requestTimeout: 800, throwOnRequestTimeout: true },
};
