/** `offair statements --send` against stand-ins of the database and of Secrets Manager, with everything that a database may answer. */
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { type Secrets, startSecrets } from "../../../local/aws/secrets.ts";
import {
  startTransparencyDatabase,
  type TransparencyDatabase,
} from "../../../local/transparency/transparency-database.ts";
import { GOLDEN_SETTINGS } from "../../statements/golden-month.ts";
import { type Ended, jsonLines, offair, type Surroundings, useFiles } from "../offair.ts";
import { createWorld } from "../world.ts";

const TOKEN = "7|ybqkCFX7ZkIFoLxtI0VAk1JBzMR9jVk4c4EU";
const COUNT = 230;
const files = useFiles();
let bundle: string;
let settings: string;
let secrets: Secrets;
let database: TransparencyDatabase;
const env = { AWS_ACCESS_KEY_ID: "local", AWS_SECRET_ACCESS_KEY: "local" };

beforeAll(async () => {
  jest.spyOn(console, "info").mockImplementation(() => {});
  const world = createWorld();
  for (let at = 0; at < COUNT; at += 1) {
    const time = new Date(Date.parse("2026-03-14T02:00:00Z") + at * 60_000).toISOString();
    world.disable({ domain: "push.example.com", app: "live", stream: `room-${at}` }, time, { notListed: true });
  }
  await world.run("2026-03-14T00:00:00.000Z", "2026-03-15T02:00:00.000Z");
  bundle = files.folder(world.objects);
  settings = settingsFile("Weapons are offered.");
  secrets = await startSecrets({ region: "eu-central-1" });
  secrets.put("dsa/token", JSON.stringify({ token: TOKEN }));
  secrets.put("dsa/old-token", "wrong-token-of-before");
  secrets.put("dsa/no-token", "line one\nline two");
  // As in a shell: only the SDK reads them.
  Object.assign(process.env, { AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url, AWS_REGION: "eu-central-1" });
});
afterAll(() => secrets.close());
beforeEach(async () => {
  database = await startTransparencyDatabase(TOKEN);
});
afterEach(() => database.close());

function settingsFile(explanation: string): string {
  const file = files.path(".json");
  const weapons = { ground: "illegal", reference: "a law", explanation };
  const { statements } = GOLDEN_SETTINGS as { statements: { categories: object } };
  const changed = { ...statements, categories: { ...statements.categories, weapons } };
  writeFileSync(file, JSON.stringify({ ...GOLDEN_SETTINGS, statements: changed }));
  return file;
}

const argsOf = (given: string, out: string): string[] => [
  ...["statements", "--from", "2026-03-14", "--to", "2026-03-14"],
  ...["--bundle", bundle, "--settings", given, "--out", out],
];

const run = (out: string, args: readonly string[], surroundings: Surroundings = {}): Promise<Ended> =>
  offair([...argsOf(settings, out), ...args], { env, ...surroundings });
const to = (where: "sandbox" | "production", id = "dsa/token"): string[] => [
  ...["--send", where, "--token-secret", id, "--endpoint", database.url],
];
const receiptsOf = (out: string, where: string) =>
  readFileSync(join(out, `receipts-${where}.ndjson`), "utf8")
    .split("\n")
    .filter((line) => line !== "");

/** Between the command and the database: the first record that passes has a category that the database does not know. */
async function refusing(
  real: TransparencyDatabase,
  use: (url: string) => Promise<Ended>,
  { answers = Number.POSITIVE_INFINITY } = {},
): Promise<Ended> {
  let broken: string | undefined;
  let count = 0;
  const proxy = createServer(async (request, response) => {
    const { statements } = JSON.parse((await buffer(request)).toString());
    count += 1;
    if (count > answers) return void response.writeHead(503).end();
    broken ??= statements[0].puid;
    const passed = statements.map((each: { puid: string }) =>
      each.puid === broken ? { ...each, category: "X" } : each,
    );
    const { authorization = "" } = request.headers;
    const answer = await fetch(`${real.url}${request.url}`, {
      method: "POST",
      headers: { authorization, "content-type": "application/json" },
      body: JSON.stringify({ statements: passed }),
    });
    response.writeHead(answer.status, { "content-type": "application/json" }).end(await answer.text());
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  const address = proxy.address();
  try {
    return await use(`http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`);
  } finally {
    proxy.close();
    proxy.closeAllConnections();
  }
}

const statuses = () => database.requests.map(({ count, status }) => `${count} ${status}`);

describe("offair statements --send", () => {
  it("sends batches of a hundred, and a second time nothing", async () => {
    const out = files.path();
    const first = await run(out, to("sandbox"));
    expect(first).toMatchObject({ code: 0 });
    expect(first.stderr).toContain(`sandbox: ${COUNT} created, 0 existed already, 0 refused`);
    expect(statuses()).toEqual(["100 201", "100 201", "30 201"]);
    expect(receiptsOf(out, "sandbox")).toHaveLength(COUNT);
    const again = await run(out, to("sandbox"));
    expect(again).toMatchObject({ code: 0, stderr: expect.stringContaining("nothing is left to send") });
    expect(database.requests).toHaveLength(3);
  });

  it("never prints the token, and nothing that is stored has it", async () => {
    const out = files.path();
    database.fail(429, 503);
    const ended = await run(out, [...to("sandbox"), "--json"]);
    expect(ended.stdout + ended.stderr + receiptsOf(out, "sandbox").join()).not.toContain("ybqkCFX7");
  });

  it("waits and repeats on 429 and 5xx, at least as long as the answer asks", async () => {
    const waits: number[] = [];
    database.fail(429, 500, 503);
    const ended = await run(files.path(), to("sandbox"), {
      sleep: async (ms) => void waits.push(ms),
      random: () => 0.5,
    });
    expect(ended.code).toBe(0);
    expect(waits).toEqual([1_000, 2_000, 4_000]);
    expect(database.stored.size).toBe(COUNT);
  });

  it("gives up after eight attempts, and goes on from the receipts", async () => {
    const out = files.path();
    database.fail(...Array.from({ length: 8 }, () => 503 as const));
    expect(await run(out, to("sandbox"))).toMatchObject({ code: 1, stderr: expect.stringContaining("answers 503") });
    expect(await run(out, to("sandbox"))).toMatchObject({ code: 0 });
    expect(database.stored.size).toBe(COUNT);
  });

  it("counts a batch whose answer was lost as there, and makes no second statement", async () => {
    const out = files.path();
    database.fail("lost");
    const ended = await run(out, to("sandbox"));
    expect(ended.stderr).toContain(`sandbox: ${COUNT - 100} created, 100 existed already, 0 refused`);
    expect(ended.code).toBe(0);
    expect(database.stored.size).toBe(COUNT);
  });

  it("stops at Ctrl-C after a batch, and sends the rest the next time", async () => {
    const out = files.path();
    const controller = new AbortController();
    database.fail("lost");
    const sleep = async () => controller.abort();
    expect((await run(out, to("sandbox"), { interrupted: controller.signal, sleep })).code).toBe(1);
    expect((await run(out, to("sandbox"))).code).toBe(0);
    expect(database.stored.size).toBe(COUNT);
  });

  it("does not go on with a wrong token", async () => {
    const ended = await run(files.path(), to("sandbox", "dsa/old-token"));
    expect(ended).toMatchObject({ code: 3, stderr: expect.stringContaining("does not accept the token (401)") });
    expect(ended.stderr).not.toContain("wrong-token");
  });

  it("names the secret, and not its value, if it is no token", async () => {
    const ended = await run(files.path(), to("sandbox", "dsa/no-token"));
    expect(ended).toMatchObject({ code: 2, stderr: expect.stringContaining("the secret dsa/no-token is no token") });
    expect(ended.stderr).not.toContain("line one");
  });

  it("does not follow a redirect", async () => {
    database.fail(302);
    expect(await run(files.path(), to("sandbox"))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("answers 302"),
    });
    expect(database.stored.size).toBe(0);
  });

  it("shows each refused record with its field, and sends the others", async () => {
    const out = files.path();
    const real = database;
    const ended = await refusing(real, async (url) =>
      run(out, ["--send", "sandbox", "--token-secret", "dsa/token", "--endpoint", url]),
    );
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(/refused {2}offair-[0-9a-f]{64} {2}category: The selected category is invalid\./);
    expect(ended.stderr).toContain(`sandbox: ${COUNT - 1} created, 0 existed already, 1 refused`);
  });
});

it("shows what was refused also if a later batch is not answered", async () => {
  const args = ["--send", "sandbox", "--token-secret", "dsa/token", "--endpoint"];
  const ended = await refusing(database, (url) => run(files.path(), [...args, url]), { answers: 2 });
  expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining("answers 503") });
  expect(ended.stderr).toMatch(/refused {2}offair-[0-9a-f]{64} {2}category: The selected category is invalid\./);
});

describe("production", () => {
  it("gets only what the sandbox has accepted as it is written now", async () => {
    const out = files.path();
    const refused = await run(out, to("production"));
    expect(refused).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("the sandbox has not accepted 230 statements"),
    });
    expect(database.requests).toEqual([]);
    await run(out, to("sandbox"));
    const sandbox = database;
    database = await startTransparencyDatabase(TOKEN);
    await sandbox.close();
    expect(await run(out, to("production"))).toMatchObject({ code: 0 });
    const written = readFileSync(join(out, "statements.ndjson"), "utf8").trimEnd().split("\n");
    expect([...database.stored.values()].map((each) => JSON.stringify(each))).toEqual(written);
  });

  it("is the database at one address: what another one has is sent all the same", async () => {
    const out = files.path();
    await run(out, [...to("production"), "--skip-sandbox"]); // by mistake, with the address of another database
    const mistaken = database;
    database = await startTransparencyDatabase(TOKEN);
    await mistaken.close();
    expect(await run(out, [...to("production"), "--skip-sandbox"])).toMatchObject({ code: 0 });
    expect(database.stored.size).toBe(COUNT);
  });

  it("gets it without the sandbox by a flag of its own", async () => {
    expect(await run(files.path(), [...to("production"), "--skip-sandbox"])).toMatchObject({ code: 0 });
    expect(database.stored.size).toBe(COUNT);
  });

  it("cannot be changed: another text of what it has is counted, tried in the sandbox, and not sent again", async () => {
    const out = files.path();
    await run(out, [...to("production"), "--skip-sandbox"]);
    const changed = settingsFile("Another text.");
    const args = (more: readonly string[]) => offair([...argsOf(changed, out), ...more], { env });
    const [summary] = jsonLines(await args([...to("production"), "--json"]));
    expect(summary).toMatchObject({ changed: COUNT, sent: { created: 0 }, exit: 0 });
    expect(database.stored.size).toBe(COUNT);
    expect((await args(to("sandbox"))).code).toBe(0);
  });
});

describe("usage", () => {
  it.each([
    [["--send", "sandbox", "--token-secret", "x"], "--endpoint is missing: the address of the sandbox"],
    [["--send", "sandbox"], "--token-secret is missing"],
    [["--send", "here", "--token-secret", "x"], "--send must be sandbox or production"],
    [["--send", "sandbox", "--token-secret", "x", "--endpoint", "http://example.com"], "--endpoint must be https://"],
    [
      ["--send", "sandbox", "--token-secret", "x", "--endpoint", "https://a:b@example.com"],
      "--endpoint must be https://",
    ],
    [
      ["--send", "sandbox", "--token-secret", "x", "--endpoint", "https://transparency.dsa.ec.europa.eu"],
      "--endpoint is the address of the production database",
    ],
    [
      ["--send", "sandbox", "--token-secret", "x", "--endpoint", "https://transparency.dsa.ec.europa.eu.:443"],
      "--endpoint is the address of the production database",
    ],
    [["--despite-gaps"], "--despite-gaps needs --send"],
    [["--lang", "de"], "--lang must be en, zh"],
  ])("%j is refused", async (args, message) => {
    const ended = await run(files.path(), args);
    expect(ended).toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
  });

  it("a policy without the section is refused, and nothing is written", async () => {
    const file = files.path(".json");
    writeFileSync(file, JSON.stringify({ ...GOLDEN_SETTINGS, statements: null }));
    const out = files.path();
    const args = argsOf(file, out);
    expect(await offair(args)).toMatchObject({ code: 3, stderr: expect.stringContaining("has no section statements") });
  });

  it("settings that are no settings are a fault with the path", async () => {
    const file = files.path(".json");
    const { statements } = GOLDEN_SETTINGS as { statements: object };
    writeFileSync(file, JSON.stringify({ ...GOLDEN_SETTINGS, statements: { ...statements, territory: "Mars" } }));
    const args = argsOf(file, files.path());
    expect(await offair(args)).toMatchObject({ code: 2, stderr: expect.stringContaining("/statements/territory") });
  });

  it("nothing is sent while evidence is missing, unless the caller asks for it", async () => {
    const gappy = ["--from", "2026-03-14", "--to", "2026-03-16", "--bundle", bundle, "--settings", settings];
    const args = ["statements", ...gappy, "--out", files.path(), ...to("sandbox")];
    const held = await offair(args, { env });
    expect(held).toMatchObject({ code: 5, stderr: expect.stringContaining("nothing was sent") });
    expect(database.requests).toEqual([]);
    expect(await offair([...args, "--despite-gaps"], { env })).toMatchObject({ code: 5 });
    expect(database.stored.size).toBe(COUNT);
  });
});
