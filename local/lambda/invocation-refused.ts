/**
 * An invocation that Lambda refuses before the function runs.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors
 */
export type ThrottleReason =
  | "ReservedFunctionConcurrentInvocationLimitExceeded" // the function's reserved concurrency is in use
  | "ConcurrentInvocationLimitExceeded"; // the account's unreserved concurrency is in use

export class InvocationRefused extends Error {
  override readonly name = "InvocationRefused";
  readonly status: number;
  /** `TooManyRequestsException` and the like. */
  readonly code: string;
  readonly reason: ThrottleReason | undefined;

  constructor(status: number, code: string, message: string, reason?: ThrottleReason) {
    super(message);
    this.status = status;
    this.code = code;
    this.reason = reason;
  }
}

const THROTTLED_STATUS = 429;

export const throttled = (reason: ThrottleReason): InvocationRefused =>
  new InvocationRefused(THROTTLED_STATUS, "TooManyRequestsException", "Rate Exceeded.", reason);

export const isThrottled = (error: unknown): boolean =>
  error instanceof InvocationRefused && error.status === THROTTLED_STATUS;

export const recursionStopped = (functionName: string): InvocationRefused =>
  new InvocationRefused(
    400,
    "RecursiveInvocationException",
    `Lambda has detected ${functionName} being invoked in a recursive loop and has stopped the invocation.`,
  );

export const requestTooLarge = (bytes: number, limitBytes: number): InvocationRefused =>
  new InvocationRefused(
    413,
    "RequestTooLargeException",
    `Request must be smaller than ${limitBytes} bytes for the InvokeFunction operation; it has ${bytes}.`,
  );
