/** POST /api/operator: sends a request of the page to the deployment, signed with the operator's own AWS credentials. */
import type { OperatorAnswer } from "../../console/http/protocol.ts";
import { SECOND_MS } from "../../lib/core/time.ts";
import { hasEffect } from "../../lib/operator/contract/effects.ts";
import { openOperator } from "../operator/client.ts";
import { UnansweredError } from "../operator/lost-answer.ts";
import { validRequest } from "../operator/valid-request.ts";
import { CredentialsError } from "../terminal/aws-credentials.ts";
import type { CommandDeps } from "../terminal/command.ts";
import { RefusedError } from "../terminal/errors.ts";
import type { Values } from "../terminal/options.ts";
import { RequestError } from "./reply.ts";
import type { Route } from "./route.ts";

/** How long a person waits for something that is only read, and how long the page does by itself. It keeps what it shows. */
const READ_MS = 20 * SECOND_MS;
const POLL_MS = 8 * SECOND_MS;

/** @throws UsageError if no URL is configured. */
export function operatorRoute(deps: CommandDeps, values: Values): Route {
  let isRefused = false;
  const operator = openOperator(values, {
    ...deps,
    out: { ...deps.out, warn: () => {} }, // nobody reads the terminal
    credentials: () => deps.credentials({ anew: isRefused }),
  });

  return async ({ body, isPoll }): Promise<OperatorAnswer> => {
    const { id, ...request } = validRequest(withoutCaller(body));
    if ("breakGlass" in request && request.breakGlass)
      throw new RequestError("invalid", "the console does not break glass: use offair apply --break-glass");
    if (hasEffect(request) && id === undefined)
      throw new RequestError("invalid", "id is missing: the page makes it, to repeat the request safely");
    const timeoutMs = isPoll ? POLL_MS : READ_MS;
    const timeout = hasEffect(request) ? undefined : AbortSignal.timeout(timeoutMs);
    try {
      const reply = await operator.ask(request, {
        ...(id !== undefined && { id }),
        ...(timeout && { signal: timeout }),
      });
      isRefused = false;
      return reply;
    } catch (error) {
      if (error instanceof CredentialsError || error instanceof RefusedError) isRefused = true;
      if (!timeout || !(error instanceof UnansweredError)) throw error;
      const message = timeout.aborted
        ? `offair does not answer within ${timeoutMs / SECOND_MS} seconds`
        : error.message;
      throw new RequestError("unanswered", message, { maybeDone: false }); // a repeated attempt does nothing either
    }
  };
}

/** The gateway states the caller. */
function withoutCaller(body: object): object {
  if ("requestedBy" in body) throw new RequestError("invalid", "requestedBy is set by the gateway");
  return body;
}
