/**
 * Carries out a request once, however often it is sent (docs/adr/0021). The first attempt stores the id of the request. While it runs,
 * another attempt is answered with `retryAfterSeconds`. The answer is stored before it is sent, and every later attempt gets that answer. If
 * an attempt was interrupted, the next one takes over: its writes have the same keys and times, so repeating a write changes nothing.
 */
import { describeError, logInfo, logWarn } from "../core/log.ts";
import { sha256Hex } from "../core/sha256.ts";
import { CLOCK_MARGIN_MS, SECOND_MS } from "../core/time.ts";
import type { RequestStore } from "../ledger/request-store.ts";
import { orderIdOf } from "../orders/order-id.ts";
import type { RequestAttempt } from "./actions/attempt.ts";
import type { OperatorEvent } from "./contract/request.ts";
import { messageOf, refusedAt } from "./contract/response.ts";
import type { OperatorResponse } from "./contract/response-schema.ts";

/** Longer than the function may run (serverless.yml: 29 s), so that two attempts never run at the same time. */
export const ATTEMPT_MS = 30 * SECOND_MS;

export interface OnceDeps {
  readonly requests: RequestStore;
  readonly now: () => Date;
  /** Returns a UUID. */
  readonly newId: () => string;
}

/** @returns the stored answer, or a response with `retryAfterSeconds`: then the request has no answer yet. */
export async function carryOutOnce(
  { id, ...request }: OperatorEvent & { readonly id: string },
  run: (attempt: RequestAttempt) => Promise<OperatorResponse>,
  { requests, now, newId }: OnceDeps,
): Promise<OperatorResponse> {
  const begunAt = now();
  const ours = { holder: newId(), heldUntil: new Date(begunAt.getTime() + ATTEMPT_MS).toISOString() };
  const { requestedBy } = request;
  const sha256 = sha256Hex(JSON.stringify(request));
  let isOurs = false;
  try {
    const first = { requestedBy, sha256, startedAt: begunAt.toISOString(), ...ours };
    const stored = await requests.beginRequest(id, first);
    if (stored.requestedBy !== requestedBy || stored.sha256 !== sha256) return refusedAt("/id", OTHER_REQUEST);
    if (stored.answer !== undefined) return JSON.parse(stored.answer);
    if (stored.isAnswerGone) return refusedAt("/id", ANSWER_GONE);
    const isRepeated = stored.holder !== ours.holder;
    const heldForMs = Date.parse(stored.heldUntil) - begunAt.getTime();
    const mayTakeOver = heldForMs <= 0 || heldForMs > ATTEMPT_MS + CLOCK_MARGIN_MS; // by a clock that was ahead: not believed
    isOurs = !isRepeated || (mayTakeOver && (await requests.passRequest(id, stored.holder, ours)));
    if (!isOurs) return again(IN_PROGRESS);
    if (isRepeated) logInfo("operator.taken-over", { id });
    const answer = await run({ orderId: orderIdOf(id), at: new Date(stored.startedAt), isRepeated });
    return (await requests.answerRequest(id, { ...stored, ...ours }, JSON.stringify(answer)))
      ? answer
      : again(IN_PROGRESS);
  } catch (failure) {
    logWarn("operator.request-failed", { id, ...describeError(failure) });
    if (isOurs) await release(id, ours.holder, { requests, now });
    return again(`${messageOf(failure)}; it is not known whether the request was carried out`);
  }
}

/** Afterwards the next attempt need not wait. */
const release = (id: string, holder: string, { requests, now }: Pick<OnceDeps, "requests" | "now">): Promise<unknown> =>
  requests.passRequest(id, holder, { holder, heldUntil: now().toISOString() }).catch((failure: unknown) => {
    logWarn("operator.request-not-released", { id, ...describeError(failure) });
  });

const OTHER_REQUEST = "is the id of another request: nothing was done; give each request an id of its own";
const ANSWER_GONE =
  "is of a request that was answered more than 7 days ago, and the answer is not kept longer: nothing was done; read the status of what it made, and give another request an id of its own";
const IN_PROGRESS = "an earlier attempt of this request is still running";

/** Long enough that a few attempts by hand last longer than an interrupted attempt holds its request. */
const RETRY_AFTER_SECONDS = 3;

const again = (why: string): OperatorResponse => ({
  ...refusedAt("", `${why}: send the request again with the same id`),
  retryAfterSeconds: RETRY_AFTER_SECONDS,
});
