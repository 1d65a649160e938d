/** `policy:replay` as a person runs it; what it says of which policy is asked in test/scripts, without a process. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, it } from "@jest/globals";
import { replay, useReplayFiles } from "../scripts/replay-files.ts";

const COMMAND = join(import.meta.dirname, "../../scripts/policy-replay.ts");
const { dir, same, stricter, three } = useReplayFiles();

async function replayProcess(args: readonly string[], input = "", env: NodeJS.ProcessEnv = {}) {
  const { LEDGER_TABLE: _table, ...clean } = process.env;
  const child = spawn(process.execPath, [COMMAND, ...args], {
    env: { ...clean, NO_COLOR: "1", OFFAIR_LOCAL_FILE: "", ...env },
  });
  child.stdin.on("error", () => {}); // it may end without having read
  child.stdin.end(input);
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { code, stdout, stderr };
}

it("reads standard input, says what it says of a file, and leaves nothing behind", async () => {
  const empty = mkdtempSync(join(dir, "tmp-"));
  const asked = ["--policy", stricter, "--budget", "1", "--reports"];
  const piped = await replayProcess([...asked, "-"], readFileSync(three, "utf8"), { TMPDIR: empty });
  expect(piped).toMatchObject({ code: 1, stdout: expect.stringContaining("over the budget") });
  expect(piped).toEqual(await replay([...asked, three]));
  expect(readdirSync(empty)).toEqual([]);
});

it("exits with 2 and says what is wrong, without a stack", async () => {
  const { code, stdout, stderr } = await replayProcess(["--policy", same, "--since", "1d"]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(/^LEDGER_TABLE is not set/);
  expect(stderr).not.toMatch(/^ {4}at /m);
});
