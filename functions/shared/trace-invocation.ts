/** Runs a handler under the invocation's id as its trace id. A task of the handler may have a narrower one. */
import type { Context } from "aws-lambda";
import { withTrace } from "../../lib/core/trace.ts";

export const traceInvocation =
  <T>(handle: (event: unknown, context: Context) => T) =>
  (event: unknown, context: Context): T =>
    withTrace(context.awsRequestId, () => handle(event, context));
