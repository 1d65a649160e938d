/** What a rotation and its readers rely on of Secrets Manager. */
import { randomUUID } from "node:crypto";
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import { beforeEach, describe, expect, it } from "@jest/globals";
import { describeOurs, itExcept } from "../../support/implementation.ts";
import { useSecrets } from "../../support/secrets.ts";

const secrets = useSecrets();
let client: SecretsManagerClient;
let SecretId: string;
beforeEach(async () => {
  client = secrets.current.client;
  SecretId = `offair/test/${randomUUID()}`;
  await secrets.current.create(SecretId, "one");
});

const read = (of: { VersionId?: string; VersionStage?: string } = {}) =>
  client.send(new GetSecretValueCommand({ SecretId, ...of }));
const put = (ClientRequestToken: string, SecretString: string, VersionStages?: string[]) =>
  client.send(new PutSecretValueCommand({ SecretId, ClientRequestToken, SecretString, VersionStages }));
const stages = async () => (await client.send(new DescribeSecretCommand({ SecretId }))).VersionIdsToStages ?? {};
const RULES = "https://docs.aws.amazon.com/secretsmanager/latest/apireference";
const move = (VersionStage: string, RemoveFromVersionId?: string, MoveToVersionId?: string) =>
  client.send(new UpdateSecretVersionStageCommand({ SecretId, VersionStage, RemoveFromVersionId, MoveToVersionId }));
const currentId = async () => (await read()).VersionId ?? "";
const sorted = (lists: Record<string, string[]>) =>
  Object.fromEntries(Object.entries(lists).map(([id, labels]) => [id, labels.toSorted()]));

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html */
describe("PutSecretValue", () => {
  it("makes a new current version without stages, and the one before it is AWSPREVIOUS", async () => {
    const [first, second, third] = [await currentId(), randomUUID(), randomUUID()];
    expect(await put(second, "two")).toMatchObject({ VersionId: second, VersionStages: ["AWSCURRENT"] });
    expect(sorted(await stages())).toEqual({ [first]: ["AWSPREVIOUS"], [second]: ["AWSCURRENT"] });
    await put(third, "three");
    expect(sorted(await stages())).toMatchObject({ [second]: ["AWSPREVIOUS"], [third]: ["AWSCURRENT"] });
    expect((await read()).SecretString).toBe("three");
  });

  it("with AWSPENDING leaves the current version to its readers", async () => {
    const token = randomUUID();
    await put(token, "two", ["AWSPENDING"]);
    expect((await read()).SecretString).toBe("one");
    expect(await read({ VersionStage: "AWSPENDING" })).toMatchObject({ SecretString: "two", VersionId: token });
    expect((await stages())[token]).toEqual(["AWSPENDING"]);
  });

  it("repeated with the same token and value changes nothing", async () => {
    const token = randomUUID();
    await put(token, "two", ["AWSPENDING"]);
    const before = sorted(await stages());
    await put(token, "two", ["AWSPENDING"]);
    expect(sorted(await stages())).toEqual(before);
    expect((await read({ VersionStage: "AWSPENDING" })).SecretString).toBe("two");
  });

  itExcept({ moto: `it overwrites the version. ${RULES}/API_PutSecretValue.html` })(
    "with the same token and another value is refused: a version never changes",
    async () => {
      const token = randomUUID();
      await put(token, "two", ["AWSPENDING"]);
      await expect(put(token, "three", ["AWSPENDING"])).rejects.toMatchObject({ name: "ResourceExistsException" });
      expect((await read({ VersionId: token })).SecretString).toBe("two");
    },
  );

  it("of a secret that does not exist is refused", async () => {
    SecretId = `${SecretId}-gone`;
    await expect(put(randomUUID(), "two")).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  });

  it("needs a token of 32 characters", async () => {
    await expect(put("short", "two")).rejects.toMatchObject({ name: expect.stringMatching(/Parameter|Validation/) });
  });
});

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html */
describe("UpdateSecretVersionStage", () => {
  let [first, second]: string[] = [];
  beforeEach(async () => {
    first = await currentId();
    second = randomUUID();
    await put(second, "two", ["AWSPENDING"]);
  });

  it("moves AWSCURRENT to the pending version, and AWSPREVIOUS to the version that it left", async () => {
    await move("AWSCURRENT", first, second);
    expect((await read({ VersionStage: "AWSCURRENT" })).SecretString).toBe("two");
    expect((await read({ VersionStage: "AWSPREVIOUS" })).SecretString).toBe("one");
    expect(sorted(await stages())[second ?? ""]).toEqual(["AWSCURRENT", "AWSPENDING"]);
  });

  itExcept({ moto: `it reads the version that was put last. ${RULES}/API_GetSecretValue.html` })(
    "changes what is read without a label",
    async () => {
      await move("AWSCURRENT", first, second);
      expect((await read()).SecretString).toBe("two");
    },
  );

  it("moves AWSCURRENT back", async () => {
    await move("AWSCURRENT", first, second);
    await move("AWSCURRENT", second, first);
    expect((await read()).SecretString).toBe("one");
    expect((await read({ VersionStage: "AWSPREVIOUS" })).SecretString).toBe("two");
  });

  it("refuses to move a label that is attached elsewhere without its version, so that a race is noticed", async () => {
    await expect(move("AWSCURRENT", undefined, second)).rejects.toMatchObject({ name: "InvalidParameterException" });
    expect((await read()).SecretString).toBe("one");
  });

  it("refuses to move a label from a version that does not have it", async () => {
    await expect(move("AWSCURRENT", second, first)).rejects.toMatchObject({ name: "InvalidParameterException" });
    expect((await read()).SecretString).toBe("one");
  });

  it("removes AWSPENDING", async () => {
    await move("AWSPENDING", second);
    const pending = read({ VersionStage: "AWSPENDING" });
    await expect(pending).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  });

  itExcept({ moto: `it lists it with no labels. ${RULES}/API_DescribeSecret.html` })(
    "leaves a version without a label deprecated, and not listed",
    async () => {
      await move("AWSPENDING", second);
      expect(Object.keys(await stages())).toEqual([first]);
    },
  );

  it("refuses a version that does not exist", async () => {
    const moved = move("AWSCURRENT", first, randomUUID());
    await expect(moved).rejects.toMatchObject({
      name: expect.stringMatching(/^(ResourceNotFound|InvalidParameter)Exception$/),
    });
    expect((await read()).SecretString).toBe("one");
  });
});

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html */
describe("GetSecretValue", () => {
  it.each([
    ["a label that no version has", { VersionStage: "AWSPENDING" }],
    ["a version that does not exist", { VersionId: randomUUID() }],
  ])("answers ResourceNotFoundException for %s", async (_, of) => {
    await expect(read(of)).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  });

  it("takes version and label only of the same version", async () => {
    const token = randomUUID();
    await put(token, "two", ["AWSPENDING"]);
    expect((await read({ VersionId: token, VersionStage: "AWSPENDING" })).SecretString).toBe("two");
    await expect(read({ VersionId: token, VersionStage: "AWSCURRENT" })).rejects.toMatchObject({
      name: expect.stringMatching(/^(InvalidRequest|ResourceNotFound)Exception$/),
    });
  });

  it("finds a secret by its name and by its ARN", async () => {
    const { ARN = "" } = await read();
    expect(ARN).toMatch(new RegExp(`:secret:${SecretId}-[A-Za-z0-9]{6}$`));
    SecretId = ARN;
    expect((await read()).SecretString).toBe("one");
  });
});

describeOurs("a rotation that began", () => {
  it("has a pending version without a value, which is put once", async () => {
    const token = secrets.current.own.beginRotation(SecretId);
    expect((await stages())[token]).toEqual(["AWSPENDING"]);
    const pending = { VersionId: token, VersionStage: "AWSPENDING" };
    await expect(read(pending)).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    await put(token, "two", ["AWSPENDING"]);
    expect((await read(pending)).SecretString).toBe("two");
    expect((await read()).SecretString).toBe("one");
  });
});
