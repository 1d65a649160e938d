/**
 * The record that Lambda sends to the destination for failed asynchronous invocations.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html#invocation-async-destinations
 */
import { FunctionError } from "./function-error.ts";

/** Why the event is given up. */
export interface GivenUp {
  /** Of the last attempt. */
  readonly error: unknown;
  readonly condition: "RetriesExhausted" | "EventAgeExceeded";
  readonly requestId: string;
  readonly invokeCount: number;
}

export function failureRecord(
  functionArn: string,
  requestPayload: unknown,
  { error, condition, requestId, invokeCount }: GivenUp,
  at: Date,
) {
  return {
    version: "1.0",
    timestamp: at.toISOString(),
    requestContext: {
      ...{ requestId, functionArn: `${functionArn}:$LATEST` },
      ...{ condition, approximateInvokeCount: invokeCount },
    },
    requestPayload,
    ...(error instanceof FunctionError && {
      responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
      responsePayload: error.fault,
    }),
  };
}
