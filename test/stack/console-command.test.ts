/** `offair console` as operators run it: one file in an empty folder, a terminal or a pipe, and a program that opens browsers. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import * as z from "zod";
import { buildCommand } from "../../build/command.ts";
import { buildConsole, type ConsolePage } from "../../build/console.ts";
import { SESSION_HEADER } from "../../console/http/protocol.ts";
import { useGateway, WELL } from "../cli/gateway.ts";

const dir = mkdtempSync(join(tmpdir(), "offair-console-test-"));
const [empty, programs, temporary] = [join(dir, "empty"), join(dir, "bin"), join(dir, "tmp")];
const opened = join(dir, "opened");
const gateway = useGateway();
let page: ConsolePage;
const running: ChildProcess[] = [];

beforeAll(async () => {
  for (const folder of [empty, programs, temporary]) mkdirSync(folder);
  await buildCommand({ outdir: join(dir, "dist") });
  copyFileSync(join(dir, "dist", "offair.mjs"), join(empty, "offair.mjs"));
  page = await buildConsole();
  // Notes what it was given, and what that is, as a browser would read it.
  const opener = join(programs, "xdg-open");
  writeFileSync(
    opener,
    `#!/bin/sh\n{ echo "$@"; stat -c %a "$1" "\${1%/*}"; cat "$1"; } > ${opened}.new && mv ${opened}.new ${opened}\n`,
  );
  chmodSync(opener, 0o755);
});
afterEach(() => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
  rmSync(opened, { force: true });
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const env = () => ({
  ...{ PATH: `${programs}:/usr/local/bin:/usr/bin:/bin`, HOME: empty, TMPDIR: temporary, DISPLAY: ":0", TERM: "xterm" },
  ...gateway.as("alice"),
});

function start(args: readonly string[] = []) {
  const child = spawn(process.execPath, ["offair.mjs", "console", ...args], { cwd: empty, env: env() });
  running.push(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return { child, errors: text(child.stderr), nextLink: async () => new URL((await lines.next()).value ?? "") };
}

const post = (origin: string, path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(new URL(path, origin), {
    method: "POST",
    headers: { origin, "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
const sessionSchema = z.looseObject({ token: z.string() });
const open = ({ origin, hash }: URL) => post(origin, "/api/session", { code: hash.slice("#code=".length) });

describe("in a pipe", () => {
  it("prints a link, serves the page and talks to the deployment, until Ctrl-C", async () => {
    const { child, errors, nextLink } = start();
    const link = await nextLink();
    for (const [path, name] of [
      ["/", "index.html"],
      ["/console.js", "console.js"],
      ["/console.css", "console.css"],
    ] as const)
      expect(await (await fetch(new URL(path, link.origin))).text()).toBe(page.files[name]);
    const session = sessionSchema.parse(await (await open(link)).json());
    expect(session).toMatchObject({ who: gateway.as("alice").AWS_ACCESS_KEY_ID, deployment: gateway.url });
    gateway.answer(() => WELL);
    const request = { action: "status", reason: "console" };
    const answer = await post(link.origin, "/api/operator", request, { [SESSION_HEADER]: session.token });
    expect(await answer.json()).toMatchObject({ isTaken: true, answer: { ok: true } });
    child.kill("SIGINT");
    expect(await once(child, "close")).toEqual([0, null]);
    await expect(fetch(link.origin)).rejects.toThrow();
    const said = await errors;
    expect(said).toMatch(/^the console of http:\/\/127\.0\.0\.1:\d+ is at http:\/\/127\.0\.0\.1:\d+\. [^\n]+:\n$/);
    expect(existsSync(opened)).toBe(false);
  });

  it("prints a new link for each line that it reads, and goes on when there are no more", async () => {
    const { child, nextLink } = start();
    const first = await nextLink();
    child.stdin.write("\n");
    const second = await nextLink();
    expect(second.origin).toBe(first.origin);
    expect(second.hash).not.toBe(first.hash);
    child.stdin.end();
    await once(child.stdin, "close");
    expect((await open(first)).status).toBe(200);
    expect((await open(second)).status).toBe(200);
    expect((await open(second)).status).toBe(401);
    child.kill("SIGTERM");
    expect(await once(child, "close")).toEqual([0, null]);
  });

  it("ends while a request waits for the deployment, which says that its outcome is not known", async () => {
    const { child, nextLink } = start();
    const link = await nextLink();
    const { token } = sessionSchema.parse(await (await open(link)).json());
    gateway.answer(() => {
      child.kill("SIGINT");
      return "cut";
    });
    const streams = [{ domain: "push.example.com", app: "live", stream: "a" }];
    const request = { id: crypto.randomUUID(), action: "disable", reason: "x", dryRun: false, streams };
    const answer = await post(link.origin, "/api/operator", request, { [SESSION_HEADER]: token });
    expect(await answer.json()).toMatchObject({ error: { kind: "unanswered", maybeDone: true } });
    expect(await once(child, "close")).toEqual([0, null]);
  });

  it.each([
    [["--port", "0"], "--port must be a number from 1 to 65535"],
    [["--port", "65536"], "--port must be a number from 1 to 65535"],
    [["--port", "8e3"], "--port must be a number from 1 to 65535"],
    [["--url", "http://example.com"], "the URL must be https"],
  ])("does not start with %j", async (args, message) => {
    const { child, errors } = start(args);
    expect(await once(child, "close")).toEqual([2, null]);
    expect(await errors).toContain(message);
  });

  it("does not start on a port that is in use", async () => {
    const link = await start().nextLink();
    const { child, errors } = start(["--port", link.port]);
    expect(await once(child, "close")).toEqual([2, null]);
    expect(await errors).toContain(`port ${link.port} is in use by another program`);
  });

  it("leaves nothing behind", () => {
    expect(readdirSync(empty)).toEqual(["offair.mjs"]);
    expect(readdirSync(temporary)).toEqual([]);
  });
});

describe("on a terminal", () => {
  /** @param act - called for each link that is shown. @returns all that was shown. */
  async function inTerminal(args: string, act: (link: string, count: number, type: (keys: string) => void) => unknown) {
    const command = `exec '${process.execPath}' offair.mjs console ${args}`;
    const child = spawn("script", ["-qec", command, "/dev/null"], { cwd: empty, env: env() });
    running.push(child);
    let screen = "";
    let count = 0;
    for await (const chunk of child.stdout.setEncoding("utf8")) {
      screen += chunk;
      const links = [...screen.matchAll(/^http:\S+#code=[\w-]{43}(?=\r\n)/gm)];
      const [link] = links[count] ?? [];
      if (link === undefined) continue;
      count += 1;
      await act(link, count, (keys) => child.stdin.write(keys));
    }
    return screen;
  }
  const isOpened = async () => {
    while (!existsSync(opened)) await new Promise((resolve) => setTimeout(resolve, 20));
    return readFileSync(opened, "utf8");
  };

  it("opens the browser with a file of the person's own, so that no argument of a process has the link", async () => {
    let given = "";
    let ours = "";
    await inTerminal("", async (link, _, type) => {
      ours = link;
      given = await isOpened();
      type("\u0003");
    });
    const [file = "", mode, folderMode, ...html] = given.split("\n");
    expect(file).toMatch(/\/offair-console-\w+\/open\.html$/);
    expect([mode, folderMode]).toEqual(["600", "700"]);
    expect(html.join("\n")).toContain(`content="0; url=${ours}"`);
    expect(existsSync(dirname(file))).toBe(false); // it was removed
  });

  it("prints a new link for Enter, and ends with Ctrl-C", async () => {
    const links: string[] = [];
    const screen = await inTerminal("--no-open", (link, count, type) => {
      links.push(link);
      type(count === 1 ? "\r" : "\u0003");
    });
    expect(new Set(links).size).toBe(2);
    expect(screen).toContain("Enter prints a new link, Ctrl-C ends the console");
    expect(existsSync(opened)).toBe(false);
  });
});
