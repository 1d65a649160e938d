/**
 * The incident function, as an operator asks it: a signed POST, and another one where no answer came and it may be repeated. Who asks
 * is not said here: the gateway knows.
 */
import type * as z from "zod";
import { issuesOf } from "../../lib/core/issues.ts";
import { operatorEventSchema } from "../../lib/operator/contract/request.ts";
import type { CommandDeps } from "../terminal/command.ts";
import { FailedError, UsageError } from "../terminal/errors.ts";
import { textOf, type Values } from "../terminal/options.ts";
import { issueText } from "./fault-text.ts";
import { createPost, type NoAnswer, type Reply, type Route } from "./http.ts";
import { operatorUrl } from "./url.ts";

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** An event as the gateway takes it. */
export type OperatorRequest = Without<z.input<typeof operatorEventSchema>, "requestedBy">;

export interface AskOptions {
  readonly route?: Route;
  /** Gives up waiting. What was asked may be done all the same. */
  readonly signal?: AbortSignal;
}

export interface Operator {
  /**
   * For what does the same however often it is asked.
   *
   * @throws UsageError for an event that offair would refuse as such, FailedError where no answer comes.
   */
  ask(asked: OperatorRequest, options?: AskOptions): Promise<Reply>;
  /** For what must not be done twice: repeated only where it certainly was not done. @returns `lost` where nobody knows. */
  askOnce(asked: OperatorRequest, options?: AskOptions): Promise<Reply | { readonly lost: string }>;
}

const ATTEMPTS = 4;
const BASE_DELAY_MS = 1_000;

/** @throws UsageError where nobody says where it is. */
export function openOperator(values: Values, deps: CommandDeps): Operator {
  const { out, env, now, sleep, random, credentials } = deps;
  const post = createPost({ at: operatorUrl(textOf(values, "url"), env), credentials, now });

  async function send(
    asked: OperatorRequest,
    { route = "/operator", signal }: AskOptions,
    mayRepeat: (failure: NoAnswer) => boolean,
  ): Promise<Reply | NoAnswer> {
    check(asked);
    for (let attempt = 1; ; attempt += 1) {
      const result = await post(route, asked, signal);
      if ("answer" in result || signal?.aborted || attempt === ATTEMPTS || !mayRepeat(result)) return result;
      out.progress(`${result.why}: trying again (${attempt + 1} of ${ATTEMPTS})`);
      await sleep(random() * BASE_DELAY_MS * 2 ** (attempt - 1), signal);
    }
  }

  return {
    async ask(asked, options = {}) {
      const result = await send(asked, options, () => true);
      if ("answer" in result) return result;
      throw new FailedError(`offair does not answer: ${result.why}${mayChange(asked) ? ONCE_MORE : ""}`);
    },
    async askOnce(asked, options = {}) {
      const result = await send(asked, options, ({ maybeDone }) => !maybeDone);
      if ("answer" in result) return result;
      if (!result.maybeDone && options.signal?.aborted)
        throw new FailedError("nothing was done: it was interrupted before");
      if (!result.maybeDone) throw new FailedError(`nothing was done, offair does not answer: ${result.why}`);
      return { lost: result.why };
    },
  };
}

const ONCE_MORE = ". Whether it was done is not known; the same once more does no harm";

/** Of what is asked again at will. `apply` has words of its own. */
const mayChange = (asked: OperatorRequest): boolean =>
  ["approve", "cancel", "undo"].includes(asked.action) || ("dryRun" in asked && asked.dryRun === false);

const MAX_TOLD = 10;

/** By the function's own rules, before anything is sent. */
function check(asked: OperatorRequest): void {
  const { error } = operatorEventSchema.safeParse({ ...asked, requestedBy: "whoever the gateway says" });
  if (!error) return;
  const streams = "streams" in asked ? asked.streams : undefined;
  const issues = issuesOf(error);
  const told = issues.slice(0, MAX_TOLD).map((issue) => issueText(issue, streams));
  const more = issues.length - told.length;
  throw new UsageError([...told, ...(more > 0 ? [`and ${more} more faults`] : [])].join("; "));
}
