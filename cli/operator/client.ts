/** Client of the incident function: signed POST requests, repeated where that is safe. The gateway identifies the caller. */
import type * as z from "zod";
import { issuesOf } from "../../lib/core/issues.ts";
import { operatorEventSchema } from "../../lib/operator/contract/request.ts";
import type { CommandDeps } from "../terminal/command.ts";
import { FailedError, UsageError } from "../terminal/errors.ts";
import { textOf, type Values } from "../terminal/options.ts";
import { createPost, type NoAnswer, type Reply, type Route } from "./http.ts";
import { issueText } from "./issue-text.ts";
import { operatorUrl } from "./url.ts";

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** A request as the gateway accepts it. */
export type OperatorRequest = Without<z.input<typeof operatorEventSchema>, "requestedBy">;

export interface RequestOptions {
  readonly route?: Route;
  /** Stops waiting. The request may still be carried out. */
  readonly signal?: AbortSignal;
}

export interface Operator {
  /**
   * Sends a request that may be repeated: doing it twice has the same effect as doing it once.
   *
   * @throws UsageError if the request is invalid, FailedError if no response arrives.
   */
  ask(request: OperatorRequest, options?: RequestOptions): Promise<Reply>;
  /** Sends a request that must not be done twice. Repeats it only if it was certainly not done. @returns `lost` if that is not known. */
  askOnce(request: OperatorRequest, options?: RequestOptions): Promise<Reply | { readonly lost: string }>;
}

const ATTEMPTS = 4;
const BASE_DELAY_MS = 1_000;

/** @throws UsageError if no URL is configured. */
export function openOperator(values: Values, deps: CommandDeps): Operator {
  const { out, env, now, sleep, random, credentials } = deps;
  const post = createPost({ at: operatorUrl(textOf(values, "url"), env), credentials, now });

  async function send(
    request: OperatorRequest,
    { route = "/operator", signal }: RequestOptions,
    mayRepeat: (failure: NoAnswer) => boolean,
  ): Promise<Reply | NoAnswer> {
    validate(request);
    for (let attempt = 1; ; attempt += 1) {
      const result = await post(route, request, signal);
      if ("answer" in result || signal?.aborted || attempt === ATTEMPTS || !mayRepeat(result)) return result;
      out.progress(`${result.why}: trying again (${attempt + 1} of ${ATTEMPTS})`);
      await sleep(random() * BASE_DELAY_MS * 2 ** (attempt - 1), signal);
    }
  }

  return {
    async ask(request, options = {}) {
      const result = await send(request, options, () => true);
      if ("answer" in result) return result;
      throw new FailedError(`offair does not answer: ${result.why}${mayChange(request) ? ONCE_MORE : ""}`);
    },
    async askOnce(request, options = {}) {
      const result = await send(request, options, ({ maybeDone }) => !maybeDone);
      if ("answer" in result) return result;
      if (result.maybeDone) return { lost: result.why };
      if (options.signal?.aborted) throw new FailedError("nothing was done: interrupted before the request was sent");
      throw new FailedError(`nothing was done: offair does not answer: ${result.why}`);
    },
  };
}

const ONCE_MORE = ". It is not known whether it was done; doing it again is harmless";

/** Of requests that are sent with `ask`. `apply` has its own message. */
const mayChange = (request: OperatorRequest): boolean =>
  ["approve", "cancel", "undo"].includes(request.action) || ("dryRun" in request && request.dryRun === false);

const MAX_ISSUES = 10;

/** Applies the function's own schema before anything is sent. */
function validate(request: OperatorRequest): void {
  const { error } = operatorEventSchema.safeParse({ ...request, requestedBy: "set by the gateway" });
  if (!error) return;
  const streams = "streams" in request ? request.streams : undefined;
  const issues = issuesOf(error);
  const shown = issues.slice(0, MAX_ISSUES).map((issue) => issueText(issue, streams));
  const more = issues.length - shown.length;
  throw new UsageError([...shown, ...(more > 0 ? [`and ${more} more errors`] : [])].join("; "));
}
