/** `npm start` as a person has it: a process of its own, and every command finds it by its file alone. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { type PackagedAlone, packageAlone } from "../../build/package-alone.ts";
import { jsonLines, offairProcess, useFiles } from "../cli/offair.ts";

const ROOT = join(import.meta.dirname, "../..");
const files = useFiles();
const OFFAIR_LOCAL_FILE = files.path(".json");

let packaged: PackagedAlone;
let stack: ChildProcess;
const lines: string[] = [];
/** Resolves with the first line that fits, printed before or yet to come. */
let shown: (line: RegExp) => Promise<string>;

const script = (name: string, args: readonly string[]) =>
  spawn(process.execPath, [join(ROOT, "local", name), ...args], {
    env: { ...process.env, OFFAIR_LOCAL_FILE },
    stdio: ["ignore", "pipe", "inherit"],
  });
async function ran(name: string, args: readonly string[]): Promise<string> {
  const child = script(name, args);
  const [said, [code]] = await Promise.all([text(child.stdout), once(child, "close")]);
  expect({ code, said }).toMatchObject({ code: 0 });
  return said;
}
/** With no setting but the file: no AWS one of the machine that runs the test, either. */
const NOTHING_SET = Object.fromEntries(
  Object.keys(process.env)
    .filter((name) => /^(AWS|OFFAIR)_|^LEDGER_TABLE$/.test(name))
    .map((name) => [name, ""]),
);
const offair = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  offairProcess(args, { ...NOTHING_SET, OFFAIR_LOCAL_FILE, ...env });

beforeAll(async () => {
  packaged = await packageAlone();
  const started = script("start.ts", ["--port", "0", "--template", packaged.templatePath]);
  stack = started;
  const reader = createInterface({ input: started.stdout });
  reader.on("line", (line) => lines.push(line));
  shown = (line) =>
    new Promise((resolve, reject) => {
      const found = lines.find((each) => line.test(each));
      if (found !== undefined) return resolve(found);
      reader.on("line", (each) => line.test(each) && resolve(each));
      reader.on("close", () => reject(new Error(`the stack ended without ${line}:\n${lines.join("\n")}`)));
    });
  await shown(/appear here as they happen/);
});
afterAll(() => {
  stack?.kill("SIGKILL");
  packaged?.remove();
});

it("shows a report that npm run report sends, and the commands find the stack", async () => {
  const said = await ran("demo/report.ts", ["csam", "--score", "0.97", "--stream", "room-1", "--id", "msg_1"]);
  expect(said).toMatch(/was answered 202: .*\n[\s\S]*npx offair explain 'standard#msg_1'/);
  expect(await shown(/standard#msg_1/)).toMatch(
    /^\d\d:\d\d:\d\d {2}report {6}standard#msg_1 {2}csam 0.97 {2}live\/room-1 {2}→ disable until \S+ \(rule severe\) {2}verified {2}\d+\.\d s$/,
  );
  const listed = await offair(["list", "--json"]);
  expect(listed.stderr).toMatch(/^local stack http:\/\/127\.0\.0\.1:\d+, as alice\n$/);
  expect(jsonLines(listed)[0]).toMatchObject({ stream: "room-1" });
});

it("takes off a raid that one person plans and another one approves", async () => {
  const command = /npx offair (plan --disable .*)/.exec(await ran("demo/raid.ts", ["20"]))?.[1] ?? "";
  const [plan] = jsonLines(await offair([...command.replaceAll("'", "").split(" "), "--json"]));
  const named = [String(plan?.orderId), "--sha256", String(plan?.sha256), "--reason", "INC-881", "--yes"];
  expect((await offair(["approve", ...named])).code).toBe(3); // not the author
  const approved = await offair(["approve", ...named], { OFFAIR_AS: "bob" });
  expect(approved).toMatchObject({ code: 0, stderr: expect.stringMatching(/, as bob\n/) });
  expect(await offair(["apply", ...named])).toMatchObject({ code: 0 });
  await shown(/live\/raid-020 {2}alice: INC-881 {2}verified/);
});

it("has evidence that is exported and verified with nothing but what the file says", async () => {
  await shown(/audit .*entry 1 of the chain .*complete/);
  const day = new Date().toISOString().slice(0, 10);
  const bundle = files.path(".tar");
  const exported = await offair(["export", "--from", day, "--to", day, "--out", bundle]);
  expect(exported).toMatchObject({ code: 5, stdout: expect.stringMatching(/last entry: number [1-9]/) }); // of one day, an hour
  const verified = await offair(["verify", bundle]);
  expect(verified).toMatchObject({ code: 0, stdout: expect.stringMatching(/^intact: /) });
});

it("ends at Ctrl-C, and its file with it", async () => {
  expect(existsSync(OFFAIR_LOCAL_FILE)).toBe(true);
  const ended = once(stack, "close");
  stack.kill("SIGINT");
  expect(await ended).toEqual([0, null]);
  expect(existsSync(OFFAIR_LOCAL_FILE)).toBe(false);
  const refused = await offair(["list"]);
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining("OFFAIR_URL") });
});
