/** Removes a stage: lists the retained resources with reasons, asks for the name of the stage, deletes the stack, and waits. */
import { randomUUID } from "node:crypto";
import { DeleteStackCommand, ListStackResourcesCommand, type Stack } from "@aws-sdk/client-cloudformation";
import { checkLines } from "../../cli/render/checks.ts";
import { EXIT, type Exit } from "../../cli/terminal/command.ts";
import { FailedError, RefusedError } from "../../cli/terminal/errors.ts";
import { checkCredentials } from "./checks.ts";
import { confirmAccount } from "./confirm-account.ts";
import type { DeployDeps, DeployOptions } from "./deps.ts";
import type { Clients } from "./stack/clients.ts";
import { answer, askIdentity, askStack, askTemplate } from "./stack/facts.ts";
import { followStack } from "./stack/follow-stack.ts";
import { BUCKET_RESOURCE, emptyBucket } from "./stack/package-bucket.ts";
import { isRetained, type Template } from "./stack/template.ts";
import { readStage } from "./stage/read-stage.ts";
import { type Stage, stackNameOf } from "./stage/stage.ts";

/** Why each of these stays. */
const REASONS: Readonly<Record<string, string>> = {
  Ledger: "every report, decision and order; a redeployment continues with it",
  Archive: "the audit chain: evidence that must outlive the service",
  ArchivePolicy: "it denies deleting and overwriting evidence",
  AuditKeySecret: "it signs the audit chain: without it the chain could not continue",
};

/** @throws RefusedError, FailedError; InputError and YamlError as `readStage`. */
export async function remove(
  options: Pick<DeployOptions, "stage" | "account" | "yes">,
  deps: DeployDeps,
): Promise<Exit> {
  const { out } = deps;
  const stage = readStage(options.stage, deps.stages);
  const clients = deps.clients(stage.region);
  const identity = await answer(() => askIdentity(clients));
  if ("error" in identity) {
    for (const line of checkLines([checkCredentials(identity)], out.paint)) out.say(line);
    return EXIT.refused;
  }
  await confirmAccount(stage, identity.value, options, deps);
  const stackName = stackNameOf(stage);
  const stack = await askStack(clients, stackName);
  if (stack?.StackId === undefined) {
    out.say(`there is no stack ${stackName} in ${identity.value.account}, ${stage.region}: nothing to remove`);
    return EXIT.done;
  }
  const busy = removalIssue(stack, stage);
  if (busy !== undefined) throw new RefusedError(`nothing was removed: ${busy}`);
  const resources = await physicalNames(clients, stackName);
  const template = await askTemplate(clients, stack);
  const lost = Object.keys(REASONS).filter((id) => resources.has(id) && !isRetained(template?.Resources[id]));
  if (lost.length > 0)
    throw new RefusedError(
      `nothing was removed: ${lost.join(", ")} would be deleted for good, because the deployed commit does not retain it. ` +
        `Deploy this commit first: npm run deploy -- --stage ${stage.name}`,
    );
  out.say(`${stackName} in ${identity.value.account}, ${stage.region}: ${resources.size} resources`);
  for (const line of retainedLines(template, resources)) out.say(line);
  if ((await deps.ask(`type ${stage.name} to remove everything else:`)).trim() !== stage.name)
    throw new RefusedError("nothing was removed");

  const bucket = resources.get(BUCKET_RESOURCE);
  if (bucket !== undefined) out.say(`deleted ${await emptyBucket(clients, bucket)} packages from ${bucket}`);
  const token = `offair-${randomUUID()}`;
  await clients.cloudFormation.send(new DeleteStackCommand({ StackName: stackName, ClientRequestToken: token }));
  const { status, reason, failures } = await followStack(clients, { stackId: stack.StackId, token }, deps);
  if (status !== "DELETE_COMPLETE")
    throw new FailedError(
      `the removal failed: ${failures[0] ?? reason}. ${stackName} is ${status}: repair the cause and run the command again`,
    );
  out.say(`${stackName} is removed. npm run deploy -- --stage ${stage.name} adopts the retained resources`);
  return EXIT.done;
}

/** The package's files are deleted before the stack, so a stack that cannot be deleted must be known before. */
function removalIssue(
  { StackStatus: status, EnableTerminationProtection }: Stack,
  { name, region }: Stage,
): string | undefined {
  const stackName = stackNameOf({ name });
  if (status?.endsWith("_IN_PROGRESS") && status !== "REVIEW_IN_PROGRESS")
    return `${stackName} is ${status}: wait until that has ended`;
  if (EnableTerminationProtection)
    return `${stackName} has termination protection. To end it: aws cloudformation update-termination-protection --region ${region} --no-enable-termination-protection --stack-name ${stackName}`;
  return undefined;
}

function retainedLines(template: Template | undefined, names: ReadonlyMap<string, string>): string[] {
  const retained = Object.entries(template?.Resources ?? {}).filter(([id, each]) => isRetained(each) && names.has(id));
  if (retained.length === 0) return ["no resource stays"];
  return [
    "these resources stay, and still cost money (docs/deploy.md says how to delete them):",
    ...retained.map(([id]) => `  ${id} ${names.get(id)}${REASONS[id] === undefined ? "" : `: ${REASONS[id]}`}`),
  ];
}

/** The name of each resource in AWS, by its logical id. */
async function physicalNames({ cloudFormation }: Clients, stackName: string): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  let NextToken: string | undefined;
  do {
    const page = await cloudFormation.send(
      new ListStackResourcesCommand({ StackName: stackName, ...(NextToken !== undefined && { NextToken }) }),
    );
    for (const { LogicalResourceId, PhysicalResourceId, ResourceStatus } of page.StackResourceSummaries ?? []) {
      const isThere = ResourceStatus !== "DELETE_COMPLETE" && PhysicalResourceId !== undefined;
      if (isThere && LogicalResourceId !== undefined) names.set(LogicalResourceId, PhysicalResourceId);
    }
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return names;
}
