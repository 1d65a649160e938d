import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { EXIT } from "../../../cli/terminal/command.ts";
import type { Account } from "../../../local/deployment/account.ts";
import { reducedPackage } from "../../../scripts/recordings/reduced-package.ts";
import { createDeployWorld, type DeployWorld } from "../../../scripts/recordings/world.ts";

let world: DeployWorld;
let account: Account;
beforeEach(async () => {
  world = await createDeployWorld();
  account = world.aws.account("deployer");
  await world.play("--stage prod --yes");
});
afterEach(() => world.close());

const REMOVE = "--stage prod --remove";
const kept = () => account.all().map(({ type, name }) => [type.replace("AWS::", ""), name]);
const KEPT = [
  ["DynamoDB::Table", "offair-prod-ledger"],
  ["S3::Bucket", "offair-prod-archive-123456789012-eu-central-1"],
  ["S3::BucketPolicy", "offair-prod-archive-123456789012-eu-central-1"],
  ["SecretsManager::Secret", "offair/prod/audit-key"],
];

describe("a removal", () => {
  it("says what stays and why before it asks, and deletes everything else", async () => {
    const { exit, text } = await world.play(REMOVE, { answers: ["prod"] });
    expect(exit).toBe(EXIT.done);
    expect(kept()).toEqual(KEPT);
    const question = text.indexOf("type prod to remove everything else:");
    for (const [id, why] of [
      ["Ledger offair-prod-ledger", "every report, decision and order"],
      ["Archive offair-prod-archive-123456789012-eu-central-1", "the audit chain"],
      ["AuditKeySecret arn:aws:secretsmanager", "it signs the audit chain"],
    ] as const) {
      expect(text.indexOf(id)).toBeGreaterThan(0);
      expect(text.indexOf(id)).toBeLessThan(question);
      expect(text).toContain(why);
    }
  });

  it.each([["n"], ["y"], ["yes"], ["dev"], [""]])("does nothing if the answer is %p", async (answer) => {
    const before = kept();
    expect((await world.play(REMOVE, { answers: [answer] })).exit).toBe(EXIT.refused);
    expect((await world.play(`${REMOVE} --yes`, { answers: [answer] })).exit).toBe(EXIT.refused);
    expect(kept()).toEqual(before);
  });

  it("of nothing says so", async () => {
    await world.play(REMOVE, { answers: ["prod"] });
    const { exit, text } = await world.play(REMOVE);
    expect([exit, text]).toEqual([EXIT.done, expect.stringContaining("there is no stack offair-prod in 123456789012")]);
  });

  it("is refused before the packages are deleted, while an update runs or the stack is protected", async () => {
    const stack = world.aws.stacks("deployer").at(-1);
    if (!stack) throw new Error("there is no stack");
    const refused = async (says: string) => {
      const { exit, text } = await world.play(REMOVE, { answers: ["prod"] });
      expect([exit, text]).toEqual([EXIT.refused, expect.stringContaining(says)]);
      expect(world.aws.storage.requests()).not.toHaveProperty("DeleteObject");
    };
    stack.status = "UPDATE_IN_PROGRESS";
    await refused("offair-prod is UPDATE_IN_PROGRESS: wait");
    Object.assign(stack, { status: "UPDATE_COMPLETE", isProtected: true });
    await refused("aws cloudformation update-termination-protection --region eu-central-1 --no-enable");
    stack.isProtected = false;
    expect((await world.play(REMOVE, { answers: ["prod"] })).exit).toBe(EXIT.done);
  });

  it("is refused if an older commit was deployed that does not keep the audit key", async () => {
    const stage = { ...reducedPackage("prod", "eu-central-1") };
    const { AuditKeySecret, ...others } = stage.template.Resources;
    if (!AuditKeySecret) throw new Error("the package has no key");
    const { DeletionPolicy: _, ...old } = AuditKeySecret;
    const packaged = { ...stage, template: { ...stage.template, Resources: { ...others, AuditKeySecret: old } } };
    await world.play("--stage prod --yes", { packaged });
    const { exit, text } = await world.play(REMOVE, { answers: ["prod"] });
    expect([exit, text]).toEqual([EXIT.refused, expect.stringContaining("AuditKeySecret would be deleted for good")]);
    expect(account.find("AWS::SecretsManager::Secret", "offair/prod/audit-key")).toBeDefined();
    await world.play("--stage prod --yes");
    expect((await world.play(REMOVE, { answers: ["prod"] })).exit).toBe(EXIT.done);
  });

  it("of a stack that only has a change set leaves nothing", async () => {
    await world.play(REMOVE, { answers: ["prod"] });
    world.aws.fail("cloudformation:ExecuteChangeSet", { status: 400, code: "ValidationError", message: "lost" });
    await expect(world.play("--stage prod --yes")).rejects.toThrow("lost");
    expect(world.aws.stacks("deployer").at(-1)?.status).toBe("REVIEW_IN_PROGRESS");
    expect((await world.play(REMOVE, { answers: ["prod"] })).exit).toBe(EXIT.done);
    expect((await world.play("--stage prod --yes")).exit).toBe(EXIT.done);
  });

  it("that fails names the cause, and is completed by the next one", async () => {
    world.aws.storage.fail("DeleteObject", { status: 403, code: "AccessDenied" });
    await expect(world.play(REMOVE, { answers: ["prod"] })).rejects.toMatchObject({ name: "AccessDenied" });
    expect((await world.play(REMOVE, { answers: ["prod"] })).exit).toBe(EXIT.done);
    expect(kept()).toEqual(KEPT);
  });
});

describe("a deployment after a removal", () => {
  it("adopts what stayed: the same table, bucket and key, now of the new stack", async () => {
    const before = account.all().filter(({ name }) => KEPT.some(([, each]) => each === name));
    await world.play(REMOVE, { answers: ["prod"] });
    const { exit, text } = await world.play("--stage prod", { answers: ["y", "y"] });
    expect(exit).toBe(EXIT.done);
    expect(text).toContain("offair-prod: adoption, adopts 4\n  IMPORT_COMPLETE DynamoDB::Table Ledger\n");
    const after = account.all().filter(({ name }) => KEPT.some(([, each]) => each === name));
    expect(after.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
    expect(new Set(after.map(({ owner }) => owner)).size).toBe(1);
    expect(after[0]?.owner).toContain(":stack/offair-prod/");
  });

  it("can be removed again, and keeps the same again", async () => {
    await world.play(REMOVE, { answers: ["prod"] });
    await world.play("--stage prod --yes");
    await world.play(REMOVE, { answers: ["prod"] });
    expect(kept()).toEqual(KEPT);
  });

  it("adopts the parts that are left, and creates the others", async () => {
    await world.play(REMOVE, { answers: ["prod"] });
    const key = account.find("AWS::SecretsManager::Secret", "offair/prod/audit-key");
    if (key) account.delete(key);
    const { exit, text } = await world.play("--stage prod --yes");
    expect(exit).toBe(EXIT.done);
    expect(text).toContain("adopts 3");
    expect(text).toContain("+ add     SecretsManager::Secret AuditKeySecret");
  });
});
