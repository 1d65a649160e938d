import {
  CreateSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  SecretsManagerClient,
  type SecretsManagerClientConfig,
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

const read = (more: { SecretId?: string; VersionId?: string; VersionStage?: string } = {}) =>
  sm.send(new GetSecretValueCommand({ SecretId: NAME, ...more }));
const get = async (SecretId = NAME) => (await read({ SecretId })).SecretString;

describe("reading", () => {
  it("finds a secret by its name, its ARN, and its ARN without the random suffix", async () => {
    const arn = secrets.put(NAME, "one");
    expect(arn).toMatch(
      /^arn:aws:secretsmanager:eu-central-1:\d{12}:secret:offair\/local\/live\/worker-[A-Za-z0-9]{6}$/,
    );
    for (const id of [NAME, arn, arn.slice(0, -7)]) expect(await get(id)).toBe("one");
    const found = await read();
    expect(found).toMatchObject({ ARN: arn, Name: NAME, VersionStages: ["AWSCURRENT"] });
    expect(found.CreatedDate).toBeInstanceOf(Date);
  });

  it("returns a new value under a new version id and the same ARN", async () => {
    const arn = secrets.put(NAME, "one");
    const first = await read();
    expect(secrets.put(NAME, "two")).toBe(arn);
    const second = await read();
    expect(second.SecretString).toBe("two");
    expect(second.VersionId).not.toBe(first.VersionId);
  });

  it("returns binary secrets byte for byte", async () => {
    const value = Uint8Array.of(0, 255, 128);
    secrets.put(NAME, value);
    const { SecretBinary, SecretString } = await read();
    expect([SecretBinary, SecretString]).toEqual([value, undefined]);
  });

  it("answers ResourceNotFoundException for a secret that does not exist", async () => {
    await expect(get()).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      $metadata: { httpStatusCode: 400 },
    });
  });

  it("refuses an id of 2,049 characters", async () => {
    const long = read({ SecretId: "a".repeat(2_049) });
    await expect(long).rejects.toMatchObject({ name: "InvalidParameterException" });
  });

  it("refuses operations that the product does not call", async () => {
    const create = sm.send(new CreateSecretCommand({ Name: NAME, SecretString: "two" }));
    await expect(create).rejects.toMatchObject({ name: "UnknownOperationException" });
    const list = sm.send(new ListSecretsCommand({}));
    await expect(list).rejects.toMatchObject({ name: "UnknownOperationException" });
    expect(secrets.requests()).toEqual({ UnknownOperation: 2 });
  });
});

describe("callers", () => {
  it.each([
    ["a wrong secret", { accessKeyId: "local", secretAccessKey: "wrong" }, "InvalidSignatureException"],
    ["an unknown key", { accessKeyId: "nobody", secretAccessKey: "local" }, "UnrecognizedClientException"],
  ])("refuses %s", async (_, credentials, name) => {
    secrets.put(NAME, "one");
    const stranger = client({ credentials });
    const attempt = stranger.send(new GetSecretValueCommand({ SecretId: NAME }));
    await expect(attempt).rejects.toMatchObject({ name });
  });

  it("refuses a request without a signature", async () => {
    const headers = { "x-amz-target": "secretsmanager.GetSecretValue" };
    const answer = await fetch(secrets.url, { method: "POST", headers, body: "{}" });
    expect(await answer.json()).toMatchObject({ __type: "MissingAuthenticationTokenException" });
  });
});

describe("control by a test", () => {
  it.each([
    [400, "DecryptionFailure"],
    [400, "AccessDeniedException"],
    [500, "InternalServiceError"],
  ])("answers %d %s once, for the secret that the fault matches", async (status, code) => {
    secrets.put(NAME, "one");
    secrets.put("offair/local/live/audit", "other");
    secrets.fail(({ operation, secretId }) => operation === "GetSecretValue" && secretId === NAME, { status, code });
    expect(await get("offair/local/live/audit")).toBe("other");
    await expect(get()).rejects.toMatchObject({ name: code, $metadata: { httpStatusCode: status } });
    expect(await get()).toBe("one");
  });

  it("counts requests by operation, refused ones too", async () => {
    await expect(get()).rejects.toThrow();
    secrets.put(NAME, "one");
    await get();
    expect(secrets.requests()).toEqual({ GetSecretValue: 2 });
  });

  it("puts, reads and erases a secret without a request", async () => {
    const arn = secrets.put(NAME, "one");
    secrets.put(NAME, "two");
    expect(await get(arn)).toBe("two");
    expect([secrets.read(NAME), secrets.erase(NAME), secrets.read(NAME)]).toEqual(["two", true, undefined]);
    await expect(get()).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  });
});
