import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "@jest/globals";
import { readLocalStack } from "../../../cli/terminal/local-stack.ts";
import { writeLocalFile } from "../../../local/demo/local-file.ts";
import { localStack } from "../../support/local-stack.ts";

const dir = mkdtempSync(join(tmpdir(), "offair-local-file-test-"));
const path = join(dir, ".offair-local.json");
afterAll(() => rmSync(dir, { recursive: true, force: true }));
beforeEach(() => rmSync(path, { force: true }));

const goneId = 2 ** 22 + 1; // Linux numbers no process higher than 2^22
function write(stack = localStack) {
  const written = writeLocalFile(path, stack);
  if ("takenBy" in written) throw new Error(`the file is taken by ${written.takenBy}`);
  return written;
}

describe("the file of a local stack", () => {
  it("can be read by its owner only, and nothing else stays beside it", () => {
    write();
    expect(readLocalStack(path)).toEqual(localStack);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(dir)).toEqual([".offair-local.json"]);
  });

  it.each([
    ["of a stack that was killed", JSON.stringify({ ...localStack, pid: goneId })],
    ["that is damaged", "{"],
  ])("replaces one %s, whatever its mode was", (_, before) => {
    writeFileSync(path, before, { mode: 0o644 });
    write();
    expect(readLocalStack(path)).toEqual(localStack);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("is left to another stack that is running", () => {
    write({ ...localStack, pid: process.ppid });
    const before = readFileSync(path);
    expect(writeLocalFile(path, localStack)).toEqual({ takenBy: process.ppid });
    expect(readFileSync(path)).toEqual(before);
  });

  it("is removed once, and not when another stack has written its own meanwhile", () => {
    const mine = write();
    mine.remove();
    expect(readdirSync(dir)).toEqual([]);
    write({ ...localStack, pid: process.ppid });
    mine.remove();
    expect(readLocalStack(path)?.pid).toBe(process.ppid);
  });
});
