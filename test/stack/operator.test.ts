/**
 * Every command once in a real terminal, as a process, and once in a pipe, against the packaged functions on the local stack. In a pipe it
 * runs in this process where a process of its own shows nothing more: test/stack/offair-process.test.ts looks at that.
 */
import { writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { type PackagedAlone, packageAlone } from "../../build/package-alone.ts";
import { COMMANDS } from "../../cli/commands.ts";
import { parseAuditKeys, publicKeyPem } from "../../lib/archive/signing-keys.ts";
import { auditKeySecret } from "../../local/demo/audit-key.ts";
import { until } from "../../local/demo/scene.ts";
import { postReport, signReport } from "../../local/demo/send-report.ts";
import { AUDIT_KEY, OPERATORS, SOURCE, SOURCE_SECRET, startWorld, type World } from "../../local/demo/world.ts";
import { type Ended, jsonLines, offair, offairProcess, useFiles } from "../cli/offair.ts";
import { inTerminal, type Shown, type Types } from "../cli/terminal.ts";

const files = useFiles();
const DOMAIN = "push.example.com";

let packaged: PackagedAlone;
let world: World;
let rooms = 0;

beforeAll(async () => {
  packaged = await packageAlone();
  world = await startWorld({ templatePath: packaged.templatePath, ports: { gateway: 0 }, seed: 7 });
});
afterAll(async () => {
  await world?.close();
  packaged?.remove();
});

type Person = keyof typeof OPERATORS;
const envOf = (person: Person): NodeJS.ProcessEnv => ({
  OFFAIR_URL: world.stack.gatewayUrl,
  AWS_REGION: "eu-central-1",
  AWS_ACCESS_KEY_ID: OPERATORS[person].accessKeyId,
  AWS_SECRET_ACCESS_KEY: OPERATORS[person].secretAccessKey,
  AWS_EC2_METADATA_DISABLED: "true",
});
const run = { inPipe: new Set<string>(), inPty: new Set<string>() };
function inPipe(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Ended> {
  run.inPipe.add(args[0] ?? "");
  return offairProcess(args, env);
}
function inPty(args: readonly string[], env: NodeJS.ProcessEnv, types: Types = []): Promise<Shown> {
  run.inPty.add(args[0] ?? "");
  return inTerminal(args, env, types);
}
function piped(args: readonly string[], person: Person = "alice"): Promise<Ended> {
  run.inPipe.add(args[0] ?? "");
  return offair(args, { env: envOf(person), sleep: async (ms) => void (await sleep(ms)) });
}
const typed = (args: readonly string[], types: Types = [], person: Person = "alice") =>
  inPty(args, envOf(person), types);

const YES: Types = [{ at: /\[y\/N\]/, keys: "y\r" }];
const WHY = ["--reason", "INC-881"];

/** Fresh streams that are live, so that no test looks at another's. */
function live(count: number): string[] {
  const prefix = `raid-${++rooms}-`;
  const streams = Array.from({ length: count }, (_, index) => ({
    domain: DOMAIN,
    app: "live",
    stream: `${prefix}${index}`,
  }));
  world.simulator?.addEncoders(streams.map((stream) => ({ ...stream, reconnectAfterMs: 300, client_ip: "192.0.2.7" })));
  return streams.map(({ stream }) => `${DOMAIN}/live/${stream}`);
}

/** In a pipe there is neither colour nor a line that changes; in a terminal both may be. */
const isPlain = ({ stdout, stderr }: Ended): void => expect(stdout + stderr).not.toMatch(/[\u001b\r]/);
const text = ({ screen }: Shown): string => screen.replace(/\u001b\[[0-9;]*[A-Za-z]/g, "").replaceAll("\r", "");

interface Made {
  readonly orderId: string;
  readonly sha256: string;
}
async function planned(streams: readonly string[], person: Person = "alice"): Promise<Made> {
  const made = await piped(["plan", "--disable", ...WHY, ...streams, "--json"], person);
  const [plan] = jsonLines(made);
  expect({ code: made.code, stderr: made.stderr }).toEqual({ code: 0, stderr: "" });
  return { orderId: String(plan?.orderId), sha256: String(plan?.sha256) };
}
async function applied(streams: readonly string[], person: Person = "alice"): Promise<Made> {
  const plan = await planned(streams, person);
  const { code, stderr } = await piped(["apply", plan.orderId, "--sha256", plan.sha256, ...WHY], person);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return plan;
}

describe("a few streams at once", () => {
  it("are taken off in a terminal, seen there, and let on in a pipe", async () => {
    const [one = "", two = ""] = live(2);
    const off = await typed(["disable", one, two, "--for", "24h", ...WHY], YES);
    expect(off.code).toBe(0);
    expect(text(off).match(new RegExp(`verified .*${one}`, "g"))).toHaveLength(1);
    expect(off.screen).toContain("\u001b[1mdisable 2 streams");
    const seen = await typed(["list", "--domain", DOMAIN]);
    expect(text(seen)).toContain(two);
    expect(text(await typed(["status", one]))).toContain(`by ${OPERATORS.alice.arn}`);
    const on = await piped(["enable", one, two, ...WHY]);
    expect(on).toMatchObject({ code: 0, stderr: "" });
    isPlain(on);
    const after = await piped(["list", "--domain", DOMAIN, "--stream", one.split("/")[2] ?? ""]);
    expect(after).toMatchObject({ code: 0, stdout: expect.not.stringContaining(one) });
  });

  it("are taken off in a pipe, and let on in a terminal", async () => {
    const [one = ""] = live(1);
    const off = await piped(["disable", one, "--for", "3d", ...WHY]);
    expect(off).toMatchObject({ code: 0, stdout: expect.stringMatching(`verified .*${one}`) });
    isPlain(off);
    expect(await piped(["status", one])).toMatchObject({ code: 0, stdout: expect.stringContaining("INC-881") });
    expect(await typed(["enable", one, ...WHY], [{ at: /\[y\/N\]/, keys: "n\r" }])).toMatchObject({ code: 3 });
    expect((await typed(["enable", one, ...WHY], YES)).code).toBe(0);
  });
});

it("a disable is shortened only by who was asked, in a terminal, or says so, in a pipe", async () => {
  const [one = ""] = live(1);
  const end = async () => {
    const listed = await piped(["list", "--domain", DOMAIN, "--stream", one.split("/")[2] ?? "", "--json"]);
    return String(jsonLines(listed)[0]?.resumeTime);
  };
  await piped(["disable", one, "--for", "3d", ...WHY], "bob"); // alice needs her share of the limits below
  const long = await end();
  const refused = await piped(["disable", one, "--for", "2d", ...WHY, "--yes"], "bob");
  expect(refused).toMatchObject({ code: 3, stderr: expect.stringContaining("set shorten (--shorten) to shorten it") });
  const asked = { at: /shorten the disable of 1 stream\? \[y\/N\]/, keys: "y\r" };
  const no = await typed(["disable", one, "--for", "2d", ...WHY], [{ ...asked, keys: "n\r" }], "bob");
  expect(no.code).toBe(3);
  expect(await end()).toBe(long);
  const yes = await typed(
    ["disable", one, "--for", "2d", ...WHY],
    [asked, { at: /disable it\? \[y\/N\]/, keys: "y\r" }],
    "bob",
  );
  expect({ code: yes.code, screen: text(yes) }).toEqual({
    code: 0,
    screen: expect.stringContaining(`instead of ${long}`),
  });
  const shorter = await end();
  expect(Date.parse(long) - Date.parse(shorter)).toBeGreaterThan(23 * 3_600_000);
  expect(await piped(["disable", one, "--for", "24h", ...WHY, "--shorten"], "bob")).toMatchObject({ code: 0 });
  expect(await end()).not.toBe(shorter);
});

it("a push is cut once, in a terminal and in a pipe", async () => {
  const [one = "", two = ""] = live(2);
  const cut = await typed(["pause", one, ...WHY], YES);
  expect({ code: cut.code, screen: text(cut) }).toEqual({ code: 0, screen: expect.stringContaining(one) });
  expect(await piped(["pause", two, ...WHY])).toMatchObject({ code: 0, stdout: expect.stringContaining(two) });
});

describe("a plan", () => {
  let streams: string[];
  const selected = () => ["--live", DOMAIN, "--name", `raid-${rooms}-*`, "--client", "192.0.2.7"];
  beforeEach(() => {
    streams = live(24);
  });

  it("is made, approved, applied, watched and undone in terminals", async () => {
    const shown = text(await typed(["plan", "--disable", "--for", "24h", ...WHY, ...selected()]));
    expect(shown).toContain("… and 4 more: --all shows them");
    expect(shown).toContain("approval  needed from a second person");
    const [, id = "", hash = ""] = /offair approve (\S+) --sha256 (\S+)/.exec(shown) ?? [];
    const named = [id, "--sha256", hash, ...WHY];
    expect(text(await typed(["approve", ...named], YES))).toContain("was planned by the same person");
    expect((await typed(["approve", ...named], YES, "bob")).code).toBe(0);
    const slow = world.simulator?.addFault({
      kind: "delay",
      ms: 2_000,
      match: { method: "POST", path: "stream/blocks" },
    });
    const begun = await typed(["apply", ...named], [...YES, { at: /applying[\s\S]*\d+ of 24/, keys: "\u0003" }]);
    world.simulator?.removeFaults(slow?.id); // the batch could not end before it was left
    expect(begun.code).toBe(1);
    expect(text(begun)).toContain(`offair watch ${id}`);
    const watched = await typed(["watch", id, "--all"], [], "bob");
    expect(watched.code).toBe(0);
    expect(text(watched)).toContain("24 disabled, 24 verified, 0 failed");
    for (const stream of streams) expect(text(watched)).toContain(stream);
    expect(text(await typed(["status", id]))).toContain(`approved  by ${OPERATORS.bob.arn}`);
    const undone = text(await typed(["undo", id, ...WHY, "--apply"]));
    expect(undone).toContain("enable 24 streams");
    expect(undone).toContain("needs the approval of a second person");
  });

  it("is made, approved, applied and undone through pipes", async () => {
    const made = await piped(["plan", "--disable", "--for", "24h", ...WHY, ...selected()]);
    expect(made).toMatchObject({ code: 0, stderr: "" });
    isPlain(made);
    for (const stream of streams) expect(made.stdout).toContain(stream);
    const [, id = "", hash = ""] = /offair approve (\S+) --sha256 (\S+)/.exec(made.stdout) ?? [];
    const named = [id, "--sha256", hash, ...WHY];
    const alone = await piped(["apply", ...named]);
    expect(alone).toMatchObject({ code: 3, stderr: expect.stringContaining("needs the approval of a second person") });
    const approved = await piped(["approve", ...named], "bob");
    expect(approved).toMatchObject({ code: 0, stderr: "" });
    isPlain(approved);
    const file = files.path(".ndjson");
    const done = await piped(["apply", ...named, "--out", file]);
    expect(done).toMatchObject({ code: 0, stderr: "", stdout: expect.stringContaining("24 disabled, 24 verified") });
    isPlain(done);
    expect(await piped(["apply", ...named])).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("applied once"),
    });
    for (const args of [
      ["watch", id],
      ["apply", id, "--resume"],
      ["status", id],
      ["show", id],
    ]) {
      expect(await piped(args)).toMatchObject({ code: 0, stderr: "", stdout: expect.stringContaining("is done") });
    }
    const back = await piped(["undo", id, ...WHY, "--json"]);
    const [plan] = jsonLines(back);
    expect(plan).toMatchObject({ type: "plan", action: "enable", undoes: id });
    const glass = ["apply", String(plan?.orderId), "--sha256", String(plan?.sha256), ...WHY, "--break-glass"];
    expect(await piped(glass, "bob")).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("permission of its own"),
    });
    expect(await piped(glass, "carol")).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("24 enabled, 24 verified"),
    });
  });

  it("of few streams takes nobody else, is undone at once, and cancelled before it is applied", async () => {
    const { orderId } = await applied(streams.slice(0, 3));
    const undone = await typed(["undo", orderId, ...WHY, "--apply"], YES);
    expect(undone.code).toBe(0);
    expect(text(undone)).toContain("3 enabled, 3 verified, 0 failed");
    for (const run of [piped, (args: readonly string[]) => typed(args)]) {
      const plan = await planned(streams.slice(3, 5));
      expect((await run(["cancel", plan.orderId, ...WHY])).code).toBe(0);
      const late = await piped(["apply", plan.orderId, "--sha256", plan.sha256, ...WHY]);
      expect(late).toMatchObject({ code: 3, stderr: expect.stringContaining("cancelled") });
    }
  });

  it("is found again without its id, and undone by the beginning of it", async () => {
    const { orderId } = await applied(streams.slice(0, 2));
    const found = (await piped(["plans", "--by", "alice", "--limit", "1"])).stdout;
    const [short = ""] = /^op-\S+/m.exec(found) ?? [];
    expect([orderId.startsWith(short), found]).toEqual([true, expect.stringContaining("undo")]);
    expect(text(await typed(["plans"]))).toContain(short);
    expect(text(await typed(["show", short]))).toContain(`offair undo ${orderId} --reason TEXT`);
    expect((await piped(["show", streams[0] ?? ""])).stdout).toContain("a stream, disabled until");
    expect(await piped(["undo", short, ...WHY])).toMatchObject({ code: 0 });
  });

  it("comes out of a file, and out of what offair list said", async () => {
    const { orderId } = await applied(streams.slice(0, 2), "bob"); // alice has taken off ten in the hour, as many as one may alone
    const off = await piped(["list", "--domain", DOMAIN, "--json"]);
    const file = files.path(".ndjson");
    writeFileSync(file, off.stdout);
    const back = await piped(["plan", "--enable", ...WHY, file]);
    expect(back).toMatchObject({ code: 0, stdout: expect.stringContaining(streams[1] ?? "") });
    expect(orderId).toMatch(/^op-/);
  });
});

describe("what tells and what mends", () => {
  it.each<[string, readonly string[], number, string]>([
    ["mode", ["mode"], 0, "decisions are recorded"],
    ["review", ["review"], 0, "reports wait for a person"],
    [
      "explain",
      ["explain", "--claim", `${DOMAIN}/live/x`, "--source", "standard", "--category", "csam", "--score", "0.99"],
      ...([0, "held back by observed"] as const),
    ],
    ["explain of nothing", ["explain", "standard#none"], 3, "there is no such report"],
    ["sources", ["sources"], 0, "NEVER LOOKED AT"],
    [
      "overturn of nothing",
      ["overturn", "standard#none", "--because", "policy", ...WHY],
      ...([3, "there is no such report"] as const),
    ],
    [
      "statements of a policy without the section",
      ["statements", "--from", "2026-03-01", "--to", "2026-03-01", "--out", "statements", "--bundle", "nowhere"],
      ...([3, "the deployed policy has no section statements"] as const),
    ],
    ["doctor", ["doctor"], 1, "No audit has finished yet"],
    ["help", ["help"], 0, "offair undo ID"],
  ])("%s, in a pipe and in a terminal", async (_, args, code, says) => {
    const inPipe = await piped(args);
    expect({ code: inPipe.code, said: inPipe.stdout + inPipe.stderr }).toEqual({
      code,
      said: expect.stringContaining(says),
    });
    isPlain(inPipe);
    const inPty = await typed(args);
    expect({ code: inPty.code, said: text(inPty) }).toEqual({ code, said: expect.stringContaining(says) });
  });

  it("a source is frozen, what it reports waits, and a person approves or rejects it", async () => {
    expect((await typed(["mode", "enforce", ...WHY])).code).toBe(0);
    expect((await piped(["mode", "freeze", SOURCE, ...WHY])).stdout).toContain(`source ${SOURCE} is frozen`);
    const [one = "", two = ""] = live(2);
    const [first, second] = [await reported(one), await reported(two)];
    await until("both wait", async () => {
      const { stdout } = await piped(["review"]);
      return stdout.includes(one) && stdout.includes(two) ? true : undefined;
    });
    expect(text(await typed(["explain", first]))).toContain("held");
    const approved = await typed(["review", "approve", first, "--as", "disable", "--for", "24h", ...WHY], YES);
    expect(approved.code).toBe(0);
    expect(text(approved)).toMatch(new RegExp(`disable planned .*${one}[^]*approved\\n *verified .*${one}`));
    const rejected = await piped(["review", "reject", second, ...WHY]);
    expect(rejected).toMatchObject({ code: 0, stdout: expect.stringContaining("rejected") });
    isPlain(rejected);

    const overturned = await typed(["overturn", first, "--because", "policy", "--reason", "a film"]);
    expect(text(overturned)).toContain("marked as wrong (policy)");
    const figures = await until("the index has them", async () => {
      const { stdout } = await piped(["sources", SOURCE]);
      return stdout.includes("of 2 cases") ? stdout : undefined;
    });
    expect(figures).toMatch(/right +50 % \(9\.5 to 90\.5\) of 2 cases/);
    expect(figures).toMatch(/REPORTER[^\n]*\n +\w{8} +1\.0 +1\.0\n/);
    expect(text(await typed(["sources"]))).toMatch(new RegExp(`${SOURCE} .*50 % \\(9\\.5 to 90\\.5\\) of 2`));
    expect((await piped(["review", "sample", "0%", ...WHY])).stdout).toContain("sample none");
    expect((await typed(["mode", "unfreeze", SOURCE, ...WHY])).code).toBe(0);
    expect((await piped(["mode", "observe", ...WHY, "--json"])).stdout).toContain('"mode":"observe"');
  });

  it.each([
    ["bulk", "BulkDeadLetters"],
    ["urgent", "UrgentDeadLetters"],
  ])("dead letters of %s are looked at in a terminal, and brought back in a pipe", async (queue, deadLetters) => {
    const { queues, clients } = world.stack;
    const body = JSON.stringify({ kind: "order", orderId: `op-${"0".repeat(36)}`, index: 0 });
    await clients.sqs.send(new SendMessageCommand({ QueueUrl: queues[deadLetters] ?? "", MessageBody: body }));
    const looked = text(await typed(["redrive", "--queue", queue, "--dry-run"]));
    expect(looked).toContain("1 dead letter");
    const back = await piped(["redrive", "--queue", queue, ...WHY]);
    expect(back).toMatchObject({ code: 0, stdout: expect.stringContaining("1 dead letter sent back to the queue") });
    isPlain(back);
  });

  it("events are listed, subscribers shown, and a replay is planned, in a terminal and in a pipe", async () => {
    const listed = await piped(["events", "--since", "1h", "--all", "--json"]);
    expect(listed).toMatchObject({ code: 0, stderr: "" });
    isPlain(listed);
    const shown = await typed(["events", "subscribers"]);
    expect(shown.code).toBe(0);
    expect(text(shown)).toMatch(/^bus +(nothing yet|active) /m);
    const replay = ["events", "replay", "--subscriber", "bus", "--since", "1h"];
    const planned = await piped([...replay, "--dry-run"]);
    expect(planned).toMatchObject({ code: 0, stdout: expect.stringMatching(/^would send \d+ events? from /) });
    const asked = await typed([...replay, ...WHY], [{ at: /\[y\/N\]/, keys: "n\r" }]);
    expect(asked.code).toBe(3);
    const refused = await piped(["events", "resume", "--subscriber", "bus", ...WHY, "--yes"]);
    expect(refused).toMatchObject({ code: 3, stderr: expect.stringContaining("has not ended") });
  });

  it("evidence is exported, verified and asked, in a pipe and in a terminal", async () => {
    await world.stack.runSchedule(new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000));
    const day = new Date().toISOString().slice(0, 10);
    const key = files.path(".pem");
    writeFileSync(key, publicKeyPem(parseAuditKeys(auditKeySecret(AUDIT_KEY)).current));
    const env = { ...envOf("alice"), ...archiveEnv() };
    const [one, other] = [files.path(".tar"), files.path(".tar")];
    const from = ["--from", day, "--to", day, "--bucket", world.stack.bucket];
    expect([0, 5]).toContain((await inPipe(["export", ...from, "--out", one], env)).code);
    expect([0, 5]).toContain((await inPty(["export", ...from, "--out", other], env)).code);
    expect((await inPipe(["verify", one, "--key", key], {})).stdout).toContain("intact");
    expect(text(await inPty(["verify", other, "--key", key], {}))).toContain("intact");
    expect((await inPipe(["history", day, "--bundle", one], {})).stderr).toContain("off at some time of");
    expect(text(await inPty(["history", day, "--bundle", other], {}))).toContain("off at some time of");
  });
});

it("the command and the deployment tell their versions", async () => {
  const shown = text(await typed(["version"]));
  expect(shown).toMatch(/^offair \d+\.\d+\.\d+.*\ndeployment \d+\.\d+\.\d+/);
  // Tests that run at the same time may change the working tree, so that one of the two commits is marked.
  const deployment = (lines: string) => /^deployment .*$/m.exec(lines)?.[0];
  expect(deployment((await piped(["version"])).stdout)).toBe(deployment(shown));
});

it("no command was left out", () => {
  const names = COMMANDS.map(({ name }) => name).filter((name) => name !== "console"); // console-command.test.ts runs it
  expect([...run.inPipe]).toEqual(expect.arrayContaining(names));
  expect([...run.inPty]).toEqual(expect.arrayContaining(names));
});

/** @returns the report's key. */
async function reported(named: string): Promise<string> {
  const [domain = "", app = "", stream = ""] = named.split("/");
  const occurredAt = new Date().toISOString();
  const report = {
    occurredAt,
    stream: { domain, app, stream },
    category: "csam",
    score: 0.97,
    reporter: { id: "viewer-7" },
  };
  const signed = signReport(report, SOURCE_SECRET);
  expect(await postReport(world.stack.gatewayUrl, SOURCE, signed)).toMatchObject({ status: 202 });
  return `${SOURCE}#${signed.id}`;
}

const archiveEnv = (): NodeJS.ProcessEnv => ({
  AWS_ENDPOINT_URL_S3: world.stack.storage.url,
  ...{ AWS_ACCESS_KEY_ID: "local", AWS_SECRET_ACCESS_KEY: "local" },
});
