import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "@jest/globals";
import { buildFunctions } from "../../build/build.ts";
import { compilePolicy } from "../../build/compile-policy.ts";

const dir = mkdtempSync(join(tmpdir(), "offair-build-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const bundle = (outdir: string, name: string) => readFileSync(join(dir, outdir, name, "index.mjs"), "utf8");

describe("a build", () => {
  it("gives the same bytes from the same sources, so that a deployed zip can be compared with a commit", async () => {
    const bundles = await buildFunctions({ outdir: join(dir, "first") });
    await buildFunctions({ outdir: join(dir, "second") });
    for (const { name } of bundles) expect(bundle("first", name)).toBe(bundle("second", name));
  });

  it("holds the compiled policy instead of a YAML parser", async () => {
    const bundles = await buildFunctions({ outdir: join(dir, "policy") });
    expect(bundle("policy", "webhook")).toContain(compilePolicy().scope[0]?.domain);
    for (const { bytesByPackage } of bundles) expect([...bytesByPackage.keys()]).not.toContain("yaml");
  });

  it("can swap a module for one that wraps it, so that a test can break a part of a real bundle", async () => {
    const wrapper = join(dir, "stream.ts");
    const original = join(import.meta.dirname, "..", "..", "lib", "core", "stream.ts");
    writeFileSync(wrapper, `export * from ${JSON.stringify(original)};\nconsole.log("swapped in");\n`);
    await buildFunctions({ outdir: join(dir, "swapped"), swap: { "lib/core/stream.ts": wrapper } });
    expect(bundle("swapped", "webhook")).toContain("swapped in");
  });

  it("refuses a swap of what no function imports: the test would break nothing", async () => {
    const swap = { "lib/no-such-module.ts": join(dir, "stream.ts") };
    await expect(buildFunctions({ outdir: join(dir, "unused"), swap })).rejects.toThrow(
      "nothing imports lib/no-such-module.ts",
    );
  });
});
