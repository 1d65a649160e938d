/** Asks before a stage is deployed to, or removed from, another account than the last time. The answer is the account, not yes. */
import { RefusedError } from "../../cli/terminal/errors.ts";
import type { DeployDeps, DeployOptions } from "./deps.ts";
import type { Identity } from "./stack/facts.ts";
import type { Stage } from "./stage/stage.ts";

/** @throws RefusedError unless the account was named. `--yes` is no answer to this question. */
export async function confirmAccount(
  stage: Stage,
  { account: here }: Identity,
  { account: named, yes }: Pick<DeployOptions, "account" | "yes">,
  { ask }: Pick<DeployDeps, "ask">,
): Promise<void> {
  if (named !== undefined && named !== here)
    throw new RefusedError(`nothing was done: --account is ${named}, and the credentials are of account ${here}`);
  if (stage.account === undefined || stage.account === here || named === here) return;
  const question = `type ${here} to use this account for ${stage.name} instead of ${stage.account}:`;
  if (!yes && (await ask(question)).trim() === here) return;
  throw new RefusedError(
    `nothing was done: ${stage.name} belongs to account ${stage.account}; --account ${here} names the other one`,
  );
}
