/** Applies a plan once, also where the answer is lost: asked again, offair goes on with what it has applied already. */

import type { AskOptions, Operator, OperatorRequest } from "../operator/client.ts";
import type { Reply } from "../operator/http.ts";
import { FailedError } from "../terminal/errors.ts";
import { brokeDown } from "./refusals.ts";

export interface Applying {
  readonly orderId: string;
  readonly planSha256: string;
  readonly reason: string;
  readonly breakGlass: boolean;
}

/** @throws FailedError where nobody knows whether it was applied. */
export async function applyPlan(
  { breakGlass, ...planned }: Applying,
  operator: Operator,
  signal: AbortSignal,
): Promise<Reply> {
  const asked: OperatorRequest = { action: "apply", ...planned, ...(breakGlass && { breakGlass }) };
  const options: AskOptions = { signal, route: breakGlass ? "/operator/break-glass" : "/operator" };
  const sent = await operator.askOnce(asked, options);
  if ("answer" in sent && !brokeDown(sent.answer)) return sent;
  const { orderId } = planned;
  if (signal.aborted) throw new FailedError(unknownEnd(orderId, "it was not waited for"));
  try {
    const again = await operator.ask({ ...asked, resume: true }, options);
    // Refused as applied before? The lost one may have been faster by a moment.
    return again.isTaken || !(await isApplied(orderId, operator)) ? again : await goOn(planned, operator, signal);
  } catch (cause) {
    if (!(cause instanceof FailedError)) throw cause;
    throw new FailedError(unknownEnd(orderId, cause.message), { cause });
  }
}

/** Puts what is left of an applied plan on its way once more, which is harmless where it is. */
export const goOn = (planned: Omit<Applying, "breakGlass">, operator: Operator, signal: AbortSignal): Promise<Reply> =>
  operator.ask({ action: "apply", ...planned, resume: true }, { signal });

async function isApplied(orderId: string, operator: Operator): Promise<boolean> {
  const { answer } = await operator.ask({ action: "status", orderId, results: false, reason: "was it applied?" });
  return answer.batch?.appliedAt !== undefined;
}

const unknownEnd = (orderId: string, why: string): string =>
  `whether it was applied is not known (${why}): offair status ${orderId} tells, and applying it once more does no harm`;
