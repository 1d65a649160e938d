/** Applies a plan, or continues one that was applied. */

import type { PlanResponse } from "../../lib/operator/contract/response-schema.ts";
import type { Operator } from "../operator/client.ts";
import type { Reply } from "../operator/http.ts";
import type { CommandDeps, Exit } from "../terminal/command.ts";
import type { Values } from "../terminal/options.ts";
import { confirm } from "../terminal/prompt.ts";
import { printIssues } from "./refusals.ts";
import { watchBatch } from "./watch-batch.ts";

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

interface ShownPlan {
  readonly question: string;
  readonly reason: string;
  readonly values: Values;
  /** NDJSON of the results. */
  readonly file?: string | undefined;
}

/** Applies the plan that this command has made and shown, after a question, and watches the batch. */
export async function applyShown(
  { orderId, sha256: planSha256 }: PlanResponse,
  { question, reason, values, file }: ShownPlan,
  operator: Operator,
  deps: CommandDeps,
): Promise<Exit> {
  await confirm(() => question, values, deps);
  const signal = deps.interrupted();
  deps.out.progress("applying");
  const reply = await applyPlan({ orderId, planSha256, reason, breakGlass: false }, operator, signal);
  const refused = printIssues(reply, deps, values);
  return refused ?? watchBatch({ orderId, values, file, signal }, operator, deps);
}
