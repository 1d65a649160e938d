/** The incident function's two doors: a direct invocation is answered as it is, a request through the gateway with an HTTP response. */
import { OffairError } from "../../core/errors.ts";
import { describeError, logWarn } from "../../core/log.ts";
import type { Caller } from "../../operator/caller.ts";
import { type OperatorResponse, refused } from "../../operator/contract/response.ts";
import { isHttpEvent, readOperatorRequest } from "./operator-request.ts";

export interface OperatorDeps {
  /** What the gateway sets its header to. @throws OffairError `ERR_SECRET` */
  readonly readGatewaySecret: () => Promise<string>;
  readonly handle: (event: unknown, caller: Caller) => Promise<OperatorResponse>;
}

/** As an HTTP API takes it. The body is an incident answer, whatever the status. */
export interface OperatorHttpResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: 6 MB, less what we do not count */
const MAX_RESPONSE_BYTES = 5.9 * 1024 * 1024;

/** Fewer could be guessed; `{}`, which our other secrets begin with, is known to everybody. */
const MIN_SECRET_LENGTH = 32;

export async function respondToOperator(
  event: unknown,
  deps: OperatorDeps,
): Promise<OperatorResponse | OperatorHttpResponse> {
  if (!isHttpEvent(event)) return deps.handle(event, { kind: "direct" });
  const secret = await readSecret(deps);
  if (secret === undefined) return refusal(503, "the gateway's secret cannot be read: nothing was done, try again");
  const request = readOperatorRequest(event, secret);
  if (request.kind === "refused") {
    logWarn("operator.refused", { message: request.message });
    return refusal(422, request.message);
  }
  const answer = await deps.handle(request.event, request.caller);
  return responseOf(wasRefused(answer) ? 422 : 200, answer);
}

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

/** Nothing was done, for nothing of it was allowed. */
const wasRefused = ({ ok, results, checks, redriven = [] }: OperatorResponse): boolean =>
  !ok && checks === undefined && redriven.length === 0 && results.every(({ outcome }) => outcome === "refused");

function responseOf(statusCode: number, answer: OperatorResponse): OperatorHttpResponse {
  const headers = { "content-type": "application/json", "cache-control": "no-store" };
  const response = { statusCode, headers, body: JSON.stringify(answer) };
  return Buffer.byteLength(JSON.stringify(response)) > MAX_RESPONSE_BYTES ? TOO_LONG : response;
}

/** Names are their broadcasters' to choose: whoever has thousands of streams could make them long enough. */
const TOO_LONG: OperatorHttpResponse = refusal(
  422,
  "the answer is longer than 6 MB: ask about fewer streams, or with a narrower selector; of a batch, with results false",
);
