/** Client of the incident function: signed POST requests, each with an id, so that it may be repeated. The gateway identifies the caller. */
import { issuesOf } from "../../lib/core/issues.ts";
import { MINUTE_MS } from "../../lib/core/time.ts";
import { hasEffect } from "../../lib/operator/contract/effects.ts";
import { operatorEventSchema } from "../../lib/operator/contract/request.ts";
import type { CommandDeps } from "../terminal/command.ts";
import { FailedError, isForPeople, UsageError } from "../terminal/errors.ts";
import { textOf, type Values } from "../terminal/options.ts";
import { createPost, type NoAnswer, type Reply, type Route } from "./http.ts";
import { issueText } from "./issue-text.ts";
import { unansweredText } from "./lost-answer.ts";
import type { OperatorRequest } from "./request.ts";
import { operatorUrl } from "./url.ts";

export type { OperatorRequest } from "./request.ts";

export interface RequestOptions {
  readonly route?: Route;
  /** Stops waiting. The request may still be carried out. */
  readonly signal?: AbortSignal;
}

export interface Operator {
  /**
   * Sends a request, and repeats it with the same id until it is answered. It is carried out once.
   *
   * @throws UsageError if the request is invalid, FailedError if no answer arrives: the message says whether the request may have been carried out.
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

  /** Full jitter, so that the attempts of several people spread, and at least as long as the response asks for. */
  const delayMs = (failures: number, { retryAfterMs = 0 }: NoAnswer): number =>
    Math.max(retryAfterMs, random() * Math.min(MAX_DELAY_MS, BASE_DELAY_MS * 2 ** (failures - 1)));

  return {
    async ask(request, { route = "/operator", signal = hasEffect(request) ? interrupted() : undefined } = {}) {
      const id = idOf(request);
      const event = { ...request, id };
      validate(event);
      const until = now().getTime() + RETRY_WITHIN_MS;
      let maybeDone = false;
      const unanswered = (why: string, options?: ErrorOptions) =>
        new FailedError(unansweredText({ request, id, why, maybeDone }), options);
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

const MAX_ISSUES = 10;

/** Applies the function's own schema before anything is sent. */
function validate(request: OperatorRequest & { readonly id: string }): void {
  const { error } = operatorEventSchema.safeParse({ ...request, requestedBy: "set by the gateway" });
  if (!error) return;
  const issues = issuesOf(error);
  const shown = issues.slice(0, MAX_ISSUES).map((issue) => issueText(issue, request));
  const more = issues.length - shown.length;
  throw new UsageError([...shown, ...(more > 0 ? [`and ${more} more errors`] : [])].join("; "));
}
