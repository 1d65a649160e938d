/** Applies a plan, or continues one that was applied. */

import type { Operator } from "../operator/client.ts";
import type { Reply } from "../operator/http.ts";

export interface ApplyRequest {
  readonly orderId: string;
  readonly planSha256: string;
  readonly reason: string;
  readonly breakGlass: boolean;
}

export const applyPlan = (
  { breakGlass, ...planned }: ApplyRequest,
  operator: Operator,
  signal: AbortSignal,
): Promise<Reply> =>
  operator.ask(
    { action: "apply", ...planned, ...(breakGlass && { breakGlass }) },
    { signal, route: breakGlass ? "/operator/break-glass" : "/operator" },
  );

/** Asks whether the plan would be refused. Changes nothing. */
export const checkPlan = ({ breakGlass, ...planned }: ApplyRequest, operator: Operator): Promise<Reply> =>
  operator.ask(
    { action: "apply", ...planned, dryRun: true, ...(breakGlass && { breakGlass }) },
    { route: breakGlass ? "/operator/break-glass" : "/operator" },
  );

/** Queues what is left of an applied plan again. Orders that are queued already are carried out once. */
export const resumeBatch = (
  planned: Omit<ApplyRequest, "breakGlass">,
  operator: Operator,
  signal: AbortSignal,
): Promise<Reply> => operator.ask({ action: "apply", ...planned, resume: true }, { signal });
