/** Brings a stack to the point at which the whole template can be compared with it: what stayed is adopted, and there is a bucket. */
import { RefusedError } from "../../cli/terminal/errors.ts";
import type { DeployDeps, DeployOptions, Package } from "./deps.ts";
import type { Today } from "./remote-checks.ts";
import { runChangeSet } from "./run-change-set.ts";
import { importTemplate } from "./stack/adoption.ts";
import { createChangeSet } from "./stack/change-set.ts";
import { countText } from "./stack/changes.ts";
import type { Clients } from "./stack/clients.ts";
import { askStack } from "./stack/facts.ts";
import { BUCKET_OUTPUT, BUCKET_RESOURCE } from "./stack/package-bucket.ts";
import type { Template } from "./stack/template.ts";
import { type Stage, stackNameOf } from "./stage/stage.ts";

/** @returns the name of the bucket for packages. @throws RefusedError if the answer is no. */
export async function prepareStack(
  stage: Stage,
  { bucketTemplate, template }: Package,
  { deployed, adopted }: Pick<Today, "deployed" | "adopted">,
  clients: Clients,
  { yes }: Pick<DeployOptions, "yes">,
  deps: DeployDeps,
): Promise<string> {
  const { out, now, sleep } = deps;
  const stackName = stackNameOf(stage);
  const hasBucket = deployed?.Resources[BUCKET_RESOURCE] !== undefined;
  if (!yes && !(hasBucket && adopted.length === 0)) {
    const steps = [
      ...(hasBucket
        ? []
        : [deployed ? "add its bucket for packages" : `create ${stackName} with a bucket for packages`]),
      ...(adopted.length > 0 ? [`adopt ${adopted.map(({ id }) => id).join(", ")}`] : []),
    ];
    const answer = await deps.ask(`${steps.join(", and ")}? Nothing else is created yet [y/N]`);
    if (!/^y(es)?$/i.test(answer.trim())) throw new RefusedError("nothing was deployed");
  }
  const run = async (
    type: "CREATE" | "UPDATE" | "IMPORT",
    step: string,
    body: Template,
    imports: Today["adopted"] = [],
  ) => {
    const changeSet = await createChangeSet(
      clients,
      {
        ...{ stackName, type, name: `offair-${step}-${now().getTime()}`, stage: stage.name, adopted: imports },
        template: { TemplateBody: JSON.stringify(body) },
      },
      sleep,
    );
    if (changeSet.changes.length === 0) return;
    out.say(`${stackName}: ${step}, ${countText(changeSet.changes)}`);
    await runChangeSet(clients, changeSet, deps);
  };

  let current = deployed;
  if (adopted.length > 0) {
    current = importTemplate(current, template, adopted);
    await run("IMPORT", "adoption", current, adopted);
  }
  if (!hasBucket) {
    const body = withBucket(current, bucketTemplate);
    await run(current ? "UPDATE" : "CREATE", "bucket", body);
  }
  const stack = await askStack(clients, stackName);
  const bucket = stack?.Outputs?.find(({ OutputKey }) => OutputKey === BUCKET_OUTPUT)?.OutputValue;
  if (bucket === undefined) throw new Error(`${stackName} has no output ${BUCKET_OUTPUT}`);
  return bucket;
}

const withBucket = (current: Template | undefined, bucketTemplate: Template): Template => ({
  ...current,
  ...bucketTemplate,
  Resources: { ...current?.Resources, ...bucketTemplate.Resources },
  Outputs: { ...current?.Outputs, ...bucketTemplate.Outputs },
});
