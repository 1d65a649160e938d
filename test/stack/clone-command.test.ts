/** `npx offair` in a clone: the bundle while it is that of the sources, and never a stale one. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "@jest/globals";

const clones: string[] = [];
afterAll(() => {
  for (const each of clones) rmSync(each, { recursive: true, force: true });
});

let clone: string;
const path = (name: string): string => join(clone, name);
const run = (): string => {
  const { OFFAIR_LOCAL_FILE: _file, ...env } = process.env;
  return execFileSync(process.execPath, [path("cli/offair.mjs"), "list"], { encoding: "utf8", env }).trim();
};
const fingerprint = (name: string) => {
  const { size, mtimeMs } = statSync(path(name));
  return [size, mtimeMs];
};

beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), "offair-clone-"));
  clones.push(clone);
  for (const folder of ["cli", "dist", "lib"]) mkdirSync(path(folder));
  cpSync(join(import.meta.dirname, "../../cli/offair.mjs"), path("cli/offair.mjs"));
  writeFileSync(path("cli/offair.ts"), "console.log('the sources', process.argv[2] satisfies string | undefined);");
  writeFileSync(path("lib/a.ts"), "export const a = 1;");
  writeFileSync(path("dist/offair.mjs"), "console.log('the bundle', process.argv[2], process.env.OFFAIR_LOCAL_FILE);");
  const inputs = Object.fromEntries(["cli/offair.ts", "lib/a.ts"].map((name) => [name, fingerprint(name)]));
  writeFileSync(path("dist/offair.inputs.json"), JSON.stringify(inputs));
});

describe("offair in a clone", () => {
  it("runs the bundle, which is told where the local stack of this clone is described", () => {
    expect(run()).toBe(`the bundle list ${path(".offair-local.json")}`);
  });

  it.each<[string, () => void]>([
    ["a file was changed", () => writeFileSync(path("lib/a.ts"), "export const a = 2; // longer")],
    ["a file of the same size is another", () => utimesSync(path("lib/a.ts"), new Date(), new Date(1_000))],
    ["a file was removed", () => rmSync(path("lib/a.ts"))],
    ["the bundle was removed", () => rmSync(path("dist/offair.mjs"))],
    ["it is not known what the bundle was made from", () => rmSync(path("dist/offair.inputs.json"))],
    ["what is known of it is damaged", () => writeFileSync(path("dist/offair.inputs.json"), "{")],
    ["nothing was built", () => rmSync(path("dist"), { recursive: true })],
  ])("runs the sources if %s", (_, change) => {
    change();
    expect(run()).toBe("the sources list");
  });
});
