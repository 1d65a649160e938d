/** Deploys a stage: checks, prepares the stack, shows the change set, asks, executes it, and runs `offair doctor`. */

import { checkCounts, checkLines } from "../../cli/render/checks.ts";
import { EXIT, type Exit } from "../../cli/terminal/command.ts";
import { RefusedError } from "../../cli/terminal/errors.ts";
import type { Check } from "../../lib/operator/contract/response-schema.ts";
import { checkCredentials } from "./checks.ts";
import { confirmAccount } from "./confirm-account.ts";
import type { DeployDeps, DeployOptions, Package } from "./deps.ts";
import { checkFiles } from "./local-checks.ts";
import { prepareStack } from "./prepare-stack.ts";
import { checkAws, type Today } from "./remote-checks.ts";
import { reportDeployment } from "./report-deployment.ts";
import { runChangeSet } from "./run-change-set.ts";
import { type ChangeSet, createChangeSet, deleteChangeSet } from "./stack/change-set.ts";
import { changeLine, countText, REPLACEABLE, refusedReplacements } from "./stack/changes.ts";
import type { Clients } from "./stack/clients.ts";
import { answer, askIdentity } from "./stack/facts.ts";
import { packagePrefix, templateArtifact, templateUrl, uploadArtifacts } from "./stack/package-bucket.ts";
import { parseTemplate, pinParameter, resourcesOfType, withContentKeys } from "./stack/template.ts";
import { type Stage, stackNameOf } from "./stage/stage.ts";

/** @throws RefusedError, FailedError; InputError if there is no stage file. */
export async function deploy(options: DeployOptions, deps: DeployDeps): Promise<Exit> {
  const { out } = deps;
  const files = checkFiles(options.stage, deps);
  const { stage } = files;
  if (!stage || isFailed(files.checks)) return refused(files.checks, deps);

  out.progress("packaging");
  const packaged = await deps.pack(stage);
  const clients = deps.clients(stage.region);
  out.progress("checking");
  const identity = await answer(() => askIdentity(clients));
  if ("error" in identity) return refused([...files.checks, checkCredentials(identity)], deps);
  const aws = await checkAws(stage, identity.value, packaged, clients, {
    environmentRegions: deps.environmentRegions,
    account: options.account,
  });
  const checks = [...files.checks, checkCredentials(identity), ...aws.checks];
  if (isFailed(checks)) return refused(checks, deps);
  say(checks, deps);
  if (options.isDryRun) {
    out.say(`nothing was deployed: --dry-run stops before the change set`);
    return EXIT.done;
  }
  await confirmAccount(stage, identity.value, options, deps);

  const changeSet = await previewStage(stage, packaged, aws.today, clients, options, deps);
  const isFirst = !aws.today.deployed || resourcesOfType(aws.today.deployed, "AWS::Lambda::Function").length === 0;
  if (changeSet.changes.length === 0) out.say("no changes: the stack is as the package describes it");
  else await execute(changeSet, clients, options, deps);
  return reportDeployment(stage, identity.value, { isFirst, template: packaged.template }, clients, deps);
}

const isFailed = (checks: readonly Check[]): boolean => checks.some(({ state }) => state === "failed");

function say(checks: readonly Check[], { out }: DeployDeps): void {
  for (const line of checkLines(checks, out.paint)) out.say(line);
  out.say(checkCounts(checks));
}

function refused(checks: readonly Check[], deps: DeployDeps): Exit {
  say(checks, deps);
  deps.out.warn("nothing was deployed: repair what failed, and run the command again");
  return EXIT.refused;
}

/** Uploads the package and lets CloudFormation compare it with the stack. */
async function previewStage(
  stage: Stage,
  packaged: Package,
  today: Today,
  clients: Clients,
  options: DeployOptions,
  deps: DeployDeps,
): Promise<ChangeSet> {
  const bucket = await prepareStack(stage, packaged, today, clients, options, deps);
  const prefix = packagePrefix(stage.name);
  const pinned = pinParameter(JSON.stringify(packaged.template), stage.projectIdParameter, today.parameterVersion);
  const { template, artifacts } = withContentKeys(parseTemplate(pinned), packaged.zips, prefix);
  const whole = templateArtifact(template, prefix);
  const uploads = await uploadArtifacts(clients, bucket, [...artifacts, whole]);
  deps.out.say(`uploaded ${uploads} of ${artifacts.length + 1} files to ${bucket}`);
  return createChangeSet(
    clients,
    {
      ...{ stackName: stackNameOf(stage), type: "UPDATE", stage: stage.name },
      name: `offair-deploy-${deps.now().getTime()}`,
      template: { TemplateURL: templateUrl(clients, bucket, whole.key) },
    },
    deps.sleep,
  );
}

async function execute(
  changeSet: ChangeSet,
  clients: Clients,
  { replace, yes }: DeployOptions,
  deps: DeployDeps,
): Promise<void> {
  const { out } = deps;
  const { changes, stackName } = changeSet;
  out.say(`${stackName}: ${countText(changes)}`);
  for (const change of changes) out.say(changeLine(change, out.paint));
  const refusals = refusedReplacements(changes, replace);
  if (refusals.length > 0) {
    await deleteChangeSet(clients, changeSet);
    for (const line of refusals) out.warn(line);
    throw new RefusedError(
      `nothing was changed. If the loss is wanted, name each resource: --replace NAME (one of ${REPLACEABLE})`,
    );
  }
  if (!yes && !/^y(es)?$/i.test((await deps.ask("execute the change set? [y/N]")).trim())) {
    await deleteChangeSet(clients, changeSet);
    throw new RefusedError("nothing was changed (--yes answers this question where nobody can)");
  }
  await runChangeSet(clients, changeSet, deps);
}
