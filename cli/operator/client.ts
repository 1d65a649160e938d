/** Client of the incident function: signed POST requests, each with an id, so that it may be repeated. The gateway identifies the caller. */
import { MINUTE_MS } from "../../lib/core/time.ts";
import type { OperatorRequest } from "../../lib/operator/contract/client-request.ts";
import { hasEffect } from "../../lib/operator/contract/effects.ts";
import type { CommandDeps } from "../terminal/command.ts";
import { isForPeople } from "../terminal/errors.ts";
import { textOf, type Values } from "../terminal/options.ts";
import { createPost, type NoAnswer, type Reply, type Route } from "./http.ts";
import { UnansweredError, unansweredText } from "./lost-answer.ts";
import { operatorUrl } from "./url.ts";
import { validRequest } from "./valid-request.ts";

export type { OperatorRequest } from "../../lib/operator/contract/client-request.ts";

export interface RequestOptions {
  readonly route?: Route;
  /** Default: a new one, or the one that the operator has given to repeat a request. */
  readonly id?: string;
  /** Stops waiting. The request may still be carried out. */
  readonly signal?: AbortSignal;
}

export interface Operator {
  /**
   * Sends a request, and repeats it with the same id until it is answered. It is carried out once.
   *
   * @throws UsageError if the request is invalid, UnansweredError if no answer arrives: the message says whether the request may have been
   * carried out.
   */
  ask(request: OperatorRequest, options?: RequestOptions): Promise<Reply>;
}

/** About a minute with the delays below: longer than an interrupted attempt holds its request (30 s), and than two slow plans take. */
const ATTEMPTS = 10;
/** No attempt begins later. Attempts without an answer take 35 s each. */
const RETRY_WITHIN_MS = 2 * MINUTE_MS;
const BASE_DELAY_MS = 1_000;
const MAX_DELAY_MS = 20_000;

/** @throws UsageError if no URL is configured. */
export function openOperator(values: Values, deps: CommandDeps): Operator {
  const { out, env, now, sleep, random, credentials, newId, interrupted } = deps;
  const post = createPost({ at: operatorUrl(textOf(values, "url"), env), credentials, now });
  let repeatedId = textOf(values, "request-id");

  /** The id that the operator gives belongs to the first request of the command that changes something. */
  function idOf(request: OperatorRequest): string {
    const given = hasEffect(request) ? repeatedId : undefined;
    if (given !== undefined) repeatedId = undefined;
    return given ?? newId();
  }

  const stopOf = (request: OperatorRequest) => (hasEffect(request) ? interrupted() : undefined);

  /** Full jitter, so that the attempts of several people spread, and at least as long as the response asks for. */
  const delayMs = (failures: number, { retryAfterMs = 0 }: NoAnswer): number =>
    Math.max(retryAfterMs, random() * Math.min(MAX_DELAY_MS, BASE_DELAY_MS * 2 ** (failures - 1)));

  return {
    async ask(request, { route = "/operator", id = idOf(request), signal = stopOf(request) } = {}) {
      const event = { ...request, id };
      validRequest(event, "streams" in request ? request.streams : undefined);
      const until = now().getTime() + RETRY_WITHIN_MS;
      let maybeDone = false;
      const unanswered = (why: string, options?: ErrorOptions) =>
        new UnansweredError(unansweredText({ request, id, why, maybeDone }), maybeDone, options);
      for (let attempt = 1; ; attempt += 1) {
        const result = await post(route, event, signal).catch((cause: unknown) => {
          throw maybeDone && isForPeople(cause) ? unanswered(cause.message, { cause }) : cause;
        });
        if ("answer" in result) return { ...result, request };
        maybeDone ||= result.maybeDone;
        const waitMs = delayMs(attempt, result);
        const isLast = result.isFinal || attempt === ATTEMPTS || now().getTime() + waitMs > until;
        if (!isLast && !signal?.aborted) {
          out.warn(`offair: ${result.why}: trying again (${attempt + 1} of ${ATTEMPTS})`);
          await sleep(waitMs, signal);
        }
        if (signal?.aborted) throw unanswered("waiting was interrupted");
        if (isLast) throw unanswered(result.why);
      }
    },
  };
}
