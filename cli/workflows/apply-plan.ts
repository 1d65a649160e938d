/** Applies a plan once. If the response is lost, asks again with `resume`, which continues a plan that was applied. */

import type { Operator, OperatorRequest, RequestOptions } from "../operator/client.ts";
import type { Reply } from "../operator/http.ts";
import { FailedError } from "../terminal/errors.ts";
import { isInternal } from "./refusals.ts";

export interface ApplyRequest {
  readonly orderId: string;
  readonly planSha256: string;
  readonly reason: string;
  readonly breakGlass: boolean;
}

/** @throws FailedError if it is not known whether the plan was applied. */
export async function applyPlan(
  { breakGlass, ...planned }: ApplyRequest,
  operator: Operator,
  signal: AbortSignal,
): Promise<Reply> {
  const request: OperatorRequest = { action: "apply", ...planned, ...(breakGlass && { breakGlass }) };
  const options: RequestOptions = { signal, route: breakGlass ? "/operator/break-glass" : "/operator" };
  const sent = await operator.askOnce(request, options);
  if ("answer" in sent && !isInternal(sent.answer)) return sent;
  const { orderId } = planned;
  if (signal.aborted) throw new FailedError(unknownText(orderId, "waiting was interrupted"));
  try {
    const again = await operator.ask({ ...request, resume: true }, options);
    // Refused as applied before? Then the lost request may have applied the plan a moment earlier.
    return again.isTaken || !(await isApplied(orderId, operator))
      ? again
      : await resumeBatch(planned, operator, signal);
  } catch (cause) {
    if (!(cause instanceof FailedError)) throw cause;
    throw new FailedError(unknownText(orderId, cause.message), { cause });
  }
}

/** Queues what is left of an applied plan again. Orders that are queued already are carried out once. */
export const resumeBatch = (
  planned: Omit<ApplyRequest, "breakGlass">,
  operator: Operator,
  signal: AbortSignal,
): Promise<Reply> => operator.ask({ action: "apply", ...planned, resume: true }, { signal });

async function isApplied(orderId: string, operator: Operator): Promise<boolean> {
  const { answer } = await operator.ask({ action: "status", orderId, results: false, reason: "was it applied?" });
  return answer.batch?.appliedAt !== undefined;
}

const unknownText = (orderId: string, why: string): string =>
  `it is not known whether the plan was applied (${why}): offair status ${orderId} shows it; applying it again is harmless`;
