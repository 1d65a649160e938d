/** Responds to an operator: with the plain response to a direct invocation, with an HTTP response through API Gateway. */
import * as z from "zod";
import { OffairError } from "../../core/errors.ts";
import { describeError, logWarn } from "../../core/log.ts";
import { TRACE_HEADER, traced, withTrace } from "../../core/trace.ts";
import type { Caller } from "../../operator/caller.ts";
import { refused } from "../../operator/contract/response.ts";
import type { OperatorResponse } from "../../operator/contract/response-schema.ts";
import { requestIdSchema } from "../../orders/order-id.ts";
import { isHttpEvent, readOperatorRequest } from "./operator-request.ts";

export interface OperatorDeps {
  /** Reads the secret that the gateway puts into its header. @throws OffairError `ERR_SECRET` */
  readonly readGatewaySecret: () => Promise<string>;
  readonly handle: (event: unknown, caller: Caller) => Promise<OperatorResponse>;
}

/** The response format of an HTTP API. The body is an `OperatorResponse`, with any status. */
export interface OperatorHttpResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Lambda's limit is 6 MB; the rest is a margin. @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_RESPONSE_BYTES = 5.9 * 1024 * 1024;

/** Characters; a shorter secret could be guessed. Also refuses `{}`, the initial value of the other secrets. */
const MIN_SECRET_LENGTH = 32;

export async function respondToOperator(
  event: unknown,
  deps: OperatorDeps,
): Promise<OperatorResponse | OperatorHttpResponse> {
  if (!isHttpEvent(event)) return withTrace(traceOfRequest(event), () => deps.handle(event, { kind: "direct" }));
  const secret = await readSecret(deps);
  if (secret === undefined) return refusal(503, "the gateway's secret cannot be read; nothing was done, try again");
  const request = readOperatorRequest(event, secret);
  if (request.kind === "refused") {
    logWarn("operator.refused", { message: request.message });
    return refusal(422, request.message);
  }
  return withTrace(traceOfRequest(request.event), async () => {
    const answer = await deps.handle(request.event, request.caller);
    const { retryAfterSeconds } = answer;
    if (retryAfterSeconds === undefined) return responseOf(wasRefused(answer) ? 422 : 200, answer);
    return responseOf(503, answer, { "retry-after": String(retryAfterSeconds) });
  });
}

const identifiedSchema = z.object({ id: requestIdSchema });

/** A request that changes something has an id of its own, which is then its trace id. Others keep the invocation's. */
const traceOfRequest = (request: unknown): string | undefined => identifiedSchema.safeParse(request).data?.id;

async function readSecret({ readGatewaySecret }: OperatorDeps): Promise<string | undefined> {
  try {
    const secret = await readGatewaySecret();
    if (secret.length >= MIN_SECRET_LENGTH) return secret;
    throw new OffairError("ERR_SECRET", `the gateway's secret is shorter than ${MIN_SECRET_LENGTH} characters`);
  } catch (error) {
    logWarn("operator.failed", describeError(error));
    return undefined;
  }
}

const refusal = (statusCode: number, message: string): OperatorHttpResponse =>
  responseOf(statusCode, refused([{ pointer: "", message }]));

/** Whether the whole request was refused, so that nothing was done. */
const wasRefused = ({ ok, results, checks, redriven = [] }: OperatorResponse): boolean =>
  !ok && checks === undefined && redriven.length === 0 && results.every(({ outcome }) => outcome === "refused");

function responseOf(statusCode: number, answer: OperatorResponse, more?: Record<string, string>): OperatorHttpResponse {
  const { traceId } = traced();
  const headers = {
    ...{ "content-type": "application/json", "cache-control": "no-store" },
    ...(traceId !== undefined && { [TRACE_HEADER]: traceId }),
    ...more,
  };
  const response = { statusCode, headers, body: JSON.stringify(answer) };
  return Buffer.byteLength(JSON.stringify(response)) > MAX_RESPONSE_BYTES ? refusal(422, TOO_LONG) : response;
}

/** Broadcasters choose the names, so thousands of streams with long names can exceed the limit. */
const TOO_LONG =
  "the response is longer than 6 MB: ask about fewer streams, use a narrower selector, or set results to false";
