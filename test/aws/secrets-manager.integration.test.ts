import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeEach, describe, expect, it } from "@jest/globals";
import { QUICK_CLIENT } from "../../lib/aws/clients.ts";
import { createReadSecret } from "../../lib/aws/secrets-manager.ts";
import { MINUTE_MS } from "../../lib/core/time.ts";
import { NOON } from "../support/fixtures.ts";
import { itOurs } from "../support/implementation.ts";
import { useSecrets } from "../support/secrets.ts";

const PAIR = '{"ak":"AKEXAMPLE","sk":"a-key-that-nobody-may-see"}';

const secrets = useSecrets();
let NAME: string;
let clock: number;
let readSecret: ReturnType<typeof createReadSecret>;
const servers: Server[] = [];
const clients: SecretsManagerClient[] = [];

function connect(endpoint: string, settings: object = { maxAttempts: 1 }): SecretsManagerClient {
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const made = new SecretsManagerClient({ endpoint, region: "eu-central-1", credentials, ...settings });
  clients.push(made);
  return made;
}

beforeEach(async () => {
  secrets.current.own.heal();
  NAME = `offair/test/live/${randomUUID()}`;
  await secrets.current.create(NAME, PAIR);
  clock = NOON.getTime();
  const { client } = secrets.current;
  readSecret = createReadSecret({ client, maxAgeMs: MINUTE_MS, now: () => new Date(clock) });
});
afterAll(async () => {
  for (const made of clients) made.destroy();
  for (const server of servers) {
    server.close();
    server.closeAllConnections();
  }
});

/** How many reads of the service this takes. */
async function readsDuring(work: () => Promise<unknown>): Promise<number> {
  const { requests } = secrets.current.own;
  const before = requests().GetSecretValue ?? 0;
  await work();
  return (requests().GetSecretValue ?? 0) - before;
}

describe("a secret", () => {
  it("comes with its version, so that AK and SK are always of the same one", async () => {
    const { version, value } = await readSecret(NAME);
    expect(value).toBe(PAIR);
    await secrets.current.change(NAME, "rotated");
    const { VersionId } = await secrets.current.client.send(new GetSecretValueCommand({ SecretId: NAME }));
    expect(await readSecret(NAME, { fresh: true })).toEqual({ version: VersionId, value: "rotated" });
    expect(VersionId).not.toBe(version);
  });

  itOurs("is cached for its age and no longer, so that a rotation takes effect", async () => {
    await readSecret(NAME);
    await secrets.current.change(NAME, "rotated");
    clock += MINUTE_MS - 1;
    expect(await readsDuring(async () => expect((await readSecret(NAME)).value).toBe(PAIR))).toBe(0);
    clock += 1;
    expect(await readsDuring(async () => expect((await readSecret(NAME)).value).toBe("rotated"))).toBe(1);
  });

  itOurs("is read past the cache if it must be fresh, and cached afterwards", async () => {
    await readSecret(NAME);
    await secrets.current.change(NAME, "rotated");
    expect((await readSecret(NAME, { fresh: true })).value).toBe("rotated");
    expect(await readsDuring(async () => expect((await readSecret(NAME)).value).toBe("rotated"))).toBe(0);
  });

  itOurs("is read once for simultaneous callers", async () => {
    const all = () => Promise.all(Array.from({ length: 20 }, () => readSecret(NAME)));
    expect(await readsDuring(all)).toBe(1);
  });

  it("is kept under its own name", async () => {
    await secrets.current.create(`${NAME}-2`, "another");
    expect([(await readSecret(NAME)).value, (await readSecret(`${NAME}-2`)).value]).toEqual([PAIR, "another"]);
  });
});

describe("a secret that cannot be read", () => {
  itOurs("fails for all simultaneous callers, and is read again by the next", async () => {
    secrets.current.own.fail("GetSecretValue", { status: 503, code: "InternalServiceError" });
    const both = await Promise.allSettled([readSecret(NAME), readSecret(NAME)]);
    expect(both).toMatchObject([{ reason: { code: "ERR_SECRET" } }, { reason: { code: "ERR_SECRET" } }]);
    expect((await readSecret(NAME)).value).toBe(PAIR);
  });

  itOurs("is no unhandled rejection if no caller waits for it", async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on("unhandledRejection", note);
    secrets.current.own.fail("GetSecretValue", { status: 503, code: "InternalServiceError" });
    const abandoned = readSecret(NAME);
    await abandoned.catch(() => {});
    await new Promise((done) => setImmediate(done));
    process.off("unhandledRejection", note);
    expect(unhandled).toEqual([]);
  });

  const whyNot = (why: string) => ({
    ...{ code: "ERR_SECRET", retryable: true },
    message: expect.stringContaining(`${NAME} cannot be read: ${why}`),
  });

  it("has an error with the reason if it does not exist", async () => {
    NAME = `${NAME}-gone`;
    await expect(readSecret(NAME)).rejects.toMatchObject(whyNot("ResourceNotFoundException"));
  });

  itOurs("has an error with the reason if the right to read is missing", async () => {
    secrets.current.own.fail("GetSecretValue", { status: 400, code: "AccessDeniedException" });
    await expect(readSecret(NAME)).rejects.toMatchObject(whyNot("AccessDeniedException"));
  });

  it("is one without text", async () => {
    NAME = `${NAME}-binary`;
    await secrets.current.create(NAME, Buffer.from(PAIR));
    await expect(readSecret(NAME)).rejects.toMatchObject({ code: "ERR_SECRET" });
  });
});

/** A service that answers each request like this. */
async function serviceAnswering(body: string | undefined): Promise<string> {
  const server = createServer((_, response) => {
    if (body !== undefined) response.writeHead(200, { "content-type": "application/x-amz-json-1.1" }).end(body);
  });
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it.each([
  ["without quotes around the value", '{"VersionId":"1","SecretString":hush-hush}'],
  ["that is the value alone", "hush-hush"],
  ["that ends within the value", '{"VersionId":"1","SecretString":"hush-hu'],
])("no error tells of the value (invariant 5), also not of an answer %s", async (_, body) => {
  const read = createReadSecret({ client: connect(await serviceAnswering(body)), maxAgeMs: 1, now: () => NOON });
  const error: unknown = await read(NAME).catch((failure: unknown) => failure);
  expect(error).toMatchObject({ code: "ERR_SECRET" });
  expect(inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true })).not.toContain("hush");
});

it("a service that does not answer is given up before the least patient sender gives up on us", async () => {
  const hanging = connect(await serviceAnswering(undefined), QUICK_CLIENT);
  const read = createReadSecret({ client: hanging, maxAgeMs: 1, now: () => NOON });
  await expect(read(NAME)).rejects.toMatchObject({ code: "ERR_SECRET", message: expect.stringContaining("Timeout") });
});
