import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { checkRegion } from "../../../../scripts/deploy/checks.ts";
import { regionsOfEnvironment } from "../../../../scripts/deploy/stack/clients.ts";

const before = process.env;
beforeEach(() => {
  process.env = { ...before, AWS_CONFIG_FILE: "/nowhere", AWS_SHARED_CREDENTIALS_FILE: "/nowhere" };
  delete process.env.AWS_REGION;
});
afterEach(() => {
  process.env = before;
});

const stage = { name: "prod", region: "eu-central-1" } as never;
const judge = async (env: Record<string, string>) => {
  Object.assign(process.env, env);
  return checkRegion(stage, await regionsOfEnvironment(process.env), "eu-central-1");
};

it.each([
  [{}, "ok", "eu-central-1", undefined],
  [{ AWS_REGION: "eu-central-1", AWS_DEFAULT_REGION: "eu-central-1" }, "ok", "eu-central-1", undefined],
  [{ AWS_REGION: "us-east-1" }, "failed", "AWS_REGION or the profile: us-east-1", "export AWS_REGION="],
  [{ AWS_DEFAULT_REGION: "us-east-1" }, "failed", "AWS_DEFAULT_REGION: us-east-1", "export AWS_DEFAULT_REGION="],
  [
    { AWS_REGION: "eu-central-1", AWS_DEFAULT_REGION: "us-east-1" },
    ...(["failed", "AWS_DEFAULT_REGION: us-east-1", "export AWS_DEFAULT_REGION=eu-central-1"] as const),
  ],
])("the environment %j: %s", async (env, state, says, remedy) => {
  expect(await judge(env)).toMatchObject({
    state,
    says: expect.stringContaining(says),
    ...(remedy !== undefined && { remedy: expect.stringContaining(remedy) }),
  });
});
