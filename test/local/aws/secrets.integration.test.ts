import { randomUUID } from "node:crypto";
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  type SecretsManagerClientConfig,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { type Secrets, startSecrets } from "../../../local/aws/secrets.ts";

let secrets: Secrets;
let sm: SecretsManagerClient;
const clients: SecretsManagerClient[] = [];
const NAME = "offair/local/live/worker";

const client = (config: SecretsManagerClientConfig = {}): SecretsManagerClient => {
  const made = new SecretsManagerClient({
    endpoint: secrets.url,
    region: "eu-central-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    maxAttempts: 1,
    ...config,
  });
  clients.push(made);
  return made;
};

beforeEach(async () => {
  secrets = await startSecrets({ region: "eu-central-1" });
  sm = client();
});
afterEach(async () => {
  for (const made of clients.splice(0)) made.destroy();
  await secrets.close();
});

const create = (SecretString = "one", Name = NAME) => sm.send(new CreateSecretCommand({ Name, SecretString }));
const get = async (more: { SecretId?: string; VersionId?: string; VersionStage?: string } = {}) =>
  (await sm.send(new GetSecretValueCommand({ SecretId: NAME, ...more }))).SecretString;
const put = (SecretString: string, more: { ClientRequestToken?: string; VersionStages?: string[] } = {}) =>
  sm.send(new PutSecretValueCommand({ SecretId: NAME, SecretString, ...more }));

describe("reading", () => {
  it("finds a secret by its name, its ARN, and its ARN without the random end", async () => {
    const { ARN = "", VersionId } = await create();
    expect(ARN).toMatch(
      /^arn:aws:secretsmanager:eu-central-1:\d{12}:secret:offair\/local\/live\/worker-[A-Za-z0-9]{6}$/,
    );
    for (const SecretId of [NAME, ARN, ARN.slice(0, -7)]) expect(await get({ SecretId })).toBe("one");
    const read = await sm.send(new GetSecretValueCommand({ SecretId: NAME }));
    expect(read).toMatchObject({ ARN, Name: NAME, VersionId, VersionStages: ["AWSCURRENT"] });
    expect(read.CreatedDate).toBeInstanceOf(Date);
  });

  it("gives binary secrets back byte for byte", async () => {
    const SecretBinary = Uint8Array.of(0, 255, 128);
    await sm.send(new CreateSecretCommand({ Name: NAME, SecretBinary }));
    const read = await sm.send(new GetSecretValueCommand({ SecretId: NAME }));
    expect(read.SecretBinary).toEqual(SecretBinary);
  });

  it("names what is not there", async () => {
    await expect(get()).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      $metadata: { httpStatusCode: 400 },
    });
    await create();
    for (const missing of [{ VersionStage: "AWSPENDING" }, { VersionId: randomUUID() }]) {
      await expect(get(missing)).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    }
  });

  it("refuses a version and a stage that are not of one another", async () => {
    const { VersionId = "" } = await create();
    await put("two");
    expect(await get({ VersionId, VersionStage: "AWSPREVIOUS" })).toBe("one");
    const both = get({ VersionId, VersionStage: "AWSCURRENT" });
    await expect(both).rejects.toMatchObject({ name: "InvalidRequestException" });
  });

  it("has no value for a secret that was created without one", async () => {
    await sm.send(new CreateSecretCommand({ Name: NAME }));
    await expect(get()).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    await put("first", { VersionStages: ["AWSPENDING"] });
    expect(await get()).toBe("first");
  });
});

describe("rotating", () => {
  it("makes a new value the current one and the old one the previous one", async () => {
    const first = await create();
    const second = await put("two");
    expect([await get(), await get({ VersionStage: "AWSPREVIOUS" })]).toEqual(["two", "one"]);
    await put("three");
    expect([await get(), await get({ VersionStage: "AWSPREVIOUS" })]).toEqual(["three", "two"]);
    expect(await get({ VersionId: first.VersionId ?? "" })).toBe("one");
    const { VersionIdsToStages = {} } = await sm.send(new DescribeSecretCommand({ SecretId: NAME }));
    expect(VersionIdsToStages[second.VersionId ?? ""]).toEqual(["AWSPREVIOUS"]);
    expect(Object.keys(VersionIdsToStages)).toHaveLength(2);
  });

  it("takes the same token with the same value once, and refuses it with another", async () => {
    await create();
    const token = { ClientRequestToken: randomUUID() };
    const first = await put("two", token);
    await put("three");
    expect((await put("two", token)).VersionId).toBe(first.VersionId);
    expect(await get()).toBe("three");
    await expect(put("four", token)).rejects.toMatchObject({ name: "ResourceExistsException" });
  });

  it("moves the current stage to a pending version and back", async () => {
    const { VersionId: old = "" } = await create();
    const { VersionId: pending = "" } = await put("two", { VersionStages: ["AWSPENDING"] });
    const move = (MoveToVersionId: string, RemoveFromVersionId?: string) =>
      sm.send(
        new UpdateSecretVersionStageCommand({
          SecretId: NAME,
          VersionStage: "AWSCURRENT",
          MoveToVersionId,
          RemoveFromVersionId,
        }),
      );
    expect(await get()).toBe("one");
    await expect(move(pending)).rejects.toMatchObject({ name: "InvalidParameterException" });
    await move(pending, old);
    expect([await get(), await get({ VersionStage: "AWSPREVIOUS" })]).toEqual(["two", "one"]);
    await move(old, pending);
    expect([await get(), await get({ VersionStage: "AWSPREVIOUS" })]).toEqual(["one", "two"]);
  });

  it("removes any stage but the current one", async () => {
    const { VersionId } = await create();
    await put("two", { VersionStages: ["AWSPENDING"] });
    const { VersionId: pending } = await sm.send(
      new GetSecretValueCommand({ SecretId: NAME, VersionStage: "AWSPENDING" }),
    );
    const remove = (VersionStage: string, RemoveFromVersionId: string | undefined) =>
      sm.send(new UpdateSecretVersionStageCommand({ SecretId: NAME, VersionStage, RemoveFromVersionId }));
    await remove("AWSPENDING", pending);
    await expect(get({ VersionStage: "AWSPENDING" })).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    await expect(remove("AWSCURRENT", VersionId)).rejects.toMatchObject({ name: "InvalidParameterException" });
    expect(await get()).toBe("one");
  });

  it("keeps the newest hundred versions, and every labelled one", async () => {
    const { VersionId: first = "" } = await create();
    const { VersionId: labelled = "" } = await put("held", { VersionStages: ["HELD"] });
    for (let n = 0; n < 105; n++) secrets.put(NAME, String(n));
    await expect(get({ VersionId: first })).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    expect([await get({ VersionId: labelled }), await get()]).toEqual(["held", "104"]);
  });
});

describe("creating and deleting", () => {
  it("creates a name once, and takes the same request again", async () => {
    const again = { Name: NAME, SecretString: "one", ClientRequestToken: randomUUID() };
    const first = await sm.send(new CreateSecretCommand(again));
    expect(await sm.send(new CreateSecretCommand(again))).toMatchObject({ ARN: first.ARN, VersionId: first.VersionId });
    await expect(create()).rejects.toMatchObject({ name: "ResourceExistsException" });
  });

  it("does not give out a secret that waits for its end, nor its name", async () => {
    await create();
    const deleted = await sm.send(new DeleteSecretCommand({ SecretId: NAME, RecoveryWindowInDays: 7 }));
    const { DeletedDate } = await sm.send(new DescribeSecretCommand({ SecretId: NAME }));
    expect((deleted.DeletionDate?.getTime() ?? 0) - (DeletedDate?.getTime() ?? 0)).toBeGreaterThanOrEqual(
      7 * 86_400_000,
    );
    for (const attempt of [get, create, () => put("two")]) {
      await expect(attempt()).rejects.toMatchObject({ name: "InvalidRequestException" });
    }
    await sm.send(new DeleteSecretCommand({ SecretId: NAME, ForceDeleteWithoutRecovery: true }));
    await create("anew");
    expect(await get()).toBe("anew");
  });

  it("lists secrets page by page, by the beginning of their names, without those that wait for their end", async () => {
    for (const name of ["offair/a", "offair/b", "offair/c", "offair/gone", "other"]) secrets.put(name, "1");
    await sm.send(new DeleteSecretCommand({ SecretId: "offair/gone" }));
    const page = async (NextToken?: string) => {
      const query = { MaxResults: 2, NextToken, Filters: [{ Key: "name" as const, Values: ["offair/"] }] };
      const { SecretList = [], NextToken: next } = await sm.send(new ListSecretsCommand(query));
      return { names: SecretList.map(({ Name }) => Name), next };
    };
    const first = await page();
    expect(first.names).toEqual(["offair/a", "offair/b"]);
    expect(await page(first.next)).toEqual({ names: ["offair/c"], next: undefined });
  });

  it.each([
    ["neither text nor bytes", { SecretString: undefined }],
    ["both text and bytes", { SecretString: "a", SecretBinary: Uint8Array.of(1) }],
    ["more than 65,536 characters", { SecretString: "a".repeat(65_537) }],
    ["a token that is too short", { SecretString: "a", ClientRequestToken: "short" }],
  ])("refuses a value of %s", async (_, value) => {
    await create();
    const attempt = sm.send(new PutSecretValueCommand({ SecretId: NAME, ...value }));
    await expect(attempt).rejects.toMatchObject({ name: "InvalidParameterException" });
    expect(await get()).toBe("one");
  });
});

describe("who may call", () => {
  it.each([
    ["a wrong secret", { accessKeyId: "local", secretAccessKey: "wrong" }, "InvalidSignatureException"],
    ["an unknown key", { accessKeyId: "nobody", secretAccessKey: "local" }, "UnrecognizedClientException"],
  ])("refuses %s", async (_, credentials, name) => {
    await create();
    const stranger = client({ credentials });
    const read = stranger.send(new GetSecretValueCommand({ SecretId: NAME }));
    await expect(read).rejects.toMatchObject({ name });
  });

  it("refuses a request without a signature", async () => {
    const headers = { "x-amz-target": "secretsmanager.ListSecrets" };
    const answer = await fetch(secrets.url, { method: "POST", headers, body: "{}" });
    expect(await answer.json()).toMatchObject({ __type: "MissingAuthenticationTokenException" });
  });
});

describe("in a test's hands", () => {
  it.each([
    [400, "DecryptionFailure"],
    [400, "AccessDeniedException"],
    [500, "InternalServiceError"],
  ])("answers %d %s once, to the secret it was aimed at", async (status, code) => {
    await create();
    await create("other", "offair/local/live/audit");
    secrets.fail(({ operation, secretId }) => operation === "GetSecretValue" && secretId === NAME, { status, code });
    expect(await get({ SecretId: "offair/local/live/audit" })).toBe("other");
    await expect(get()).rejects.toMatchObject({ name: code, $metadata: { httpStatusCode: status } });
    expect(await get()).toBe("one");
  });

  it("counts requests by operation, refused ones too", async () => {
    await expect(get()).rejects.toThrow();
    await create();
    await get();
    expect(secrets.requests()).toEqual({ CreateSecret: 1, GetSecretValue: 2 });
  });

  it("puts, reads and erases a secret without a request", async () => {
    const arn = secrets.put(NAME, "one");
    secrets.put(NAME, "two");
    expect([await get({ SecretId: arn }), await get({ VersionStage: "AWSPREVIOUS" })]).toEqual(["two", "one"]);
    expect([secrets.read(NAME), secrets.erase(NAME), secrets.read(NAME)]).toEqual(["two", true, undefined]);
    await expect(get()).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  });
});
