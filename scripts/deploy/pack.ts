/** Packages the service for a stage, and reads what was written. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { packageService } from "../../build/package.ts";
import type { Package } from "./deps.ts";
import { parseTemplate } from "./stack/template.ts";
import { type Stage, stageParameters } from "./stage/stage.ts";

const ROOT = join(import.meta.dirname, "../..");

const stateSchema = z.object({
  service: z.object({ provider: z.object({ region: z.string() }) }),
});

/** @param serviceDir - the directory of serverless.yml; its `.serverless` is replaced. */
export async function pack(stage: Stage, serviceDir = ROOT): Promise<Package> {
  const parameters = {
    ...stageParameters(stage),
    huaweiProjectId: `{{resolve:ssm:${stage.projectIdParameter}}}`,
  };
  const params = Object.entries(parameters).flatMap(([name, value]) => ["--param", `${name}=${value}`]);
  await packageService({ stage: stage.name, serviceDir, frameworkArgs: ["--region", stage.region, ...params] });
  return readPackage(join(serviceDir, ".serverless"));
}

function readPackage(folder: string): Package {
  const text = (name: string): string => readFileSync(join(folder, name), "utf8");
  const { region } = stateSchema.parse(JSON.parse(text("serverless-state.json"))).service.provider;
  const zips = readdirSync(folder).filter((name) => name.endsWith(".zip"));
  return {
    region,
    bucketTemplate: parseTemplate(text("cloudformation-template-create-stack.json")),
    template: parseTemplate(text("cloudformation-template-update-stack.json")),
    zips: new Map(zips.map((name) => [name, readFileSync(join(folder, name))])),
  };
}
