/** `npm run deploy` with the package as it is: every resource of the template, and the framework's own command on the same stack. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { copyServiceDefinition } from "../../build/package.ts";
import { EXIT } from "../../cli/terminal/command.ts";
import type { Package } from "../../scripts/deploy/deps.ts";
import { pack } from "../../scripts/deploy/pack.ts";
import { readStage } from "../../scripts/deploy/stage/read-stage.ts";
import { createDeployWorld, type DeployWorld, PARAMETER, REGION } from "../../scripts/recordings/world.ts";

const ROOT = join(import.meta.dirname, "../..");

interface Ended {
  readonly code: number | null;
  readonly output: string;
}
async function run(args: readonly string[], options: { cwd?: string; env?: NodeJS.ProcessEnv } = {}): Promise<Ended> {
  const { cwd = ROOT, env = {} } = options;
  const child = spawn(process.execPath, args, {
    cwd,
    env: { PATH: process.env.PATH, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (output += text));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, output };
}

describe("the packaged service", () => {
  let world: DeployWorld;
  let packaged: Package;
  const serviceDir = mkdtempSync(join(tmpdir(), "offair-deploy-stack-"));
  const account = () => world.aws.account("deployer");
  beforeAll(async () => {
    world = await createDeployWorld();
    copyServiceDefinition(serviceDir);
    packaged = await pack(readStage("prod", world.stages), serviceDir);
  });
  afterAll(async () => {
    await world.close();
    rmSync(serviceDir, { recursive: true, force: true });
  });

  it("is packaged with the stage file's values, and refers to the project id's parameter", () => {
    expect(packaged.region).toBe(REGION);
    const text = JSON.stringify(packaged.template);
    expect(text).toContain(`{{resolve:ssm:${PARAMETER}}}`);
    expect(text).toContain("https://live.ap-southeast-3.myhuaweicloud.com");
    expect(text).toContain("oncall@acme.tv");
    expect(text).toContain('"FunctionName":"offair-prod-webhook"');
  });

  it("is deployed, and has table, bucket, topic and URL in its outputs", async () => {
    const { exit, text } = await world.play("--stage prod", { answers: ["y", "y"], packaged });
    expect([exit, text]).toEqual([EXIT.done, expect.stringContaining("OperatorUrl")]);
    expect(account().find("AWS::DynamoDB::Table", "offair-prod-ledger")).toBeDefined();
    expect(account().all("AWS::Lambda::Function").length).toBeGreaterThanOrEqual(4);
  });

  it("is the same the next time, and the package can be made again without a change", async () => {
    const again = await pack(readStage("prod", world.stages), serviceDir);
    const { exit, text } = await world.play("--stage prod", { packaged: again });
    expect([exit, text]).toEqual([EXIT.done, expect.stringContaining("no changes")]);
  });

  it("notices a corrected project id in all functions that have it", async () => {
    account().parameters.get(PARAMETER)?.values.push("f".repeat(32));
    const { text } = await world.play("--stage prod --yes", { packaged });
    for (const name of ["Worker", "Audit", "Incident"])
      expect(text).toContain(`~ modify  Lambda::Function ${name}LambdaFunction (Environment)`);
  });

  it("can be deployed by npx serverless deploy on the same stack", async () => {
    const framework = join(ROOT, "node_modules/serverless/bin/serverless.js");
    const env = {
      AWS_ENDPOINT_URL: world.aws.url,
      AWS_ENDPOINT_URL_S3: world.aws.storage.url,
      ...{ AWS_ACCESS_KEY_ID: "deployer", AWS_SECRET_ACCESS_KEY: "deployer", CI: "1" },
    };
    const args = ["deploy", "--stage", "prod", "--region", REGION, "--package", ".serverless"];
    const ended = await run([framework, ...args], { cwd: serviceDir, env });
    expect(ended).toEqual({ code: 0, output: expect.stringContaining("Service deployed to stack offair-prod") });
  });

  it("is removed, and adopts what stayed when it is deployed again", async () => {
    expect((await world.play("--stage prod --remove", { answers: ["prod"] })).exit).toBe(EXIT.done);
    const kept = account()
      .all()
      .map(({ type }) => type);
    expect(kept).toEqual(expect.arrayContaining(["AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::S3::BucketPolicy"]));
    const { exit, text } = await world.play("--stage prod --yes", { packaged });
    expect([exit, text]).toEqual([EXIT.done, expect.stringContaining("this deployment adopts Ledger")]);
  });
});

describe("npm run deploy", () => {
  const main = join(ROOT, "scripts/deploy/main.ts");

  it.each([
    [["--help"], 0, "npm run deploy -- --stage STAGE"],
    [[], 2, "--stage is missing"],
    [["--stage", "nowhere"], 2, "there is no deploy/nowhere.yml: cp deploy/example.yml deploy/nowhere.yml"],
    [["--stage", "prod", "--what"], 2, "--what"],
  ])("%j ends with %d", async (args, code, text) => {
    expect(await run([main, ...args])).toEqual({ code, output: expect.stringContaining(text) });
  });
});
