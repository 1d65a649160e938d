/** A failed invocation as Lambda reports it to the caller: the payload of a response with `X-Amz-Function-Error: Unhandled`. */
import * as z from "zod";

export const functionFaultSchema = z.object({
  errorType: z.string(),
  errorMessage: z.string(),
  trace: z.array(z.string()).optional(),
});
export type FunctionFault = z.infer<typeof functionFaultSchema>;

export class FunctionError extends Error {
  override readonly name = "FunctionError";
  readonly fault: FunctionFault;

  constructor(fault: FunctionFault) {
    super(`${fault.errorType}: ${fault.errorMessage}`);
    this.fault = fault;
  }
}

/** Errors of the sandbox: https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-invocation.html */
export const timedOut = (requestId: string, timeoutSeconds: number): FunctionError =>
  new FunctionError({
    errorType: "Sandbox.Timedout",
    errorMessage: `RequestId: ${requestId} Error: Task timed out after ${timeoutSeconds.toFixed(2)} seconds`,
  });

const SIGNAL_WORDS: Record<string, string> = { SIGKILL: "killed", SIGABRT: "aborted", SIGTERM: "terminated" };

export function exited(requestId: string, code: number | null, signal: NodeJS.Signals | null): FunctionError {
  const cause = signal ? `signal: ${SIGNAL_WORDS[signal] ?? signal}` : `exit status ${code}`;
  const reason = code === 0 ? "Runtime exited without providing a reason" : `Runtime exited with error: ${cause}`;
  return new FunctionError({
    errorType: "Runtime.ExitError",
    errorMessage: `RequestId: ${requestId} Error: ${reason}`,
  });
}
