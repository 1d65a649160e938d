/** Executes a change set and waits; a failure becomes an error that names its cause. */
import { randomUUID } from "node:crypto";
import { FailedError } from "../../cli/terminal/errors.ts";
import type { DeployDeps } from "./deps.ts";
import { type ChangeSet, executeChangeSet } from "./stack/change-set.ts";
import type { Clients } from "./stack/clients.ts";
import { followStack } from "./stack/follow-stack.ts";

const SUCCEEDED = /^(CREATE|UPDATE|IMPORT)_COMPLETE(_CLEANUP_IN_PROGRESS)?$/;

/** @throws FailedError with the first failure and the state of the stack. */
export async function runChangeSet(
  clients: Clients,
  changeSet: ChangeSet,
  { out, sleep }: Pick<DeployDeps, "out" | "sleep">,
): Promise<void> {
  const token = `offair-${randomUUID()}`;
  await executeChangeSet(clients, changeSet, token);
  const { status, reason, failures } = await followStack(
    clients,
    { stackId: changeSet.stackId, token },
    { out, sleep },
  );
  if (SUCCEEDED.test(status)) return;
  throw new FailedError(
    `the deployment failed: ${failures[0] ?? reason}. ${changeSet.stackName} is ${status}: ${consequence(status)}`,
  );
}

function consequence(status: string): string {
  if (status.startsWith("UPDATE_ROLLBACK_COMPLETE") || status === "IMPORT_ROLLBACK_COMPLETE")
    return "everything is as before. Repair the cause and deploy again";
  if (status === "ROLLBACK_COMPLETE") return "nothing was created. Remove it with --remove, then deploy again";
  if (status === "UPDATE_ROLLBACK_FAILED") return "run aws cloudformation continue-update-rollback, then deploy again";
  return "the console of CloudFormation shows what is left";
}
