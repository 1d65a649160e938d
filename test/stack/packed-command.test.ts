/** The command as operators install it: the package that npm packs, on Node 20 and 24, where there is no clone and no node_modules. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import type { Metafile } from "esbuild";
import * as z from "zod";
import { buildCommand, describePackage } from "../../build/command.ts";
import { type PackagedAlone, packageAlone } from "../../build/package-alone.ts";
import { OPERATORS, startWorld, type World } from "../../local/demo/world.ts";
import { type Ended, jsonLines, offair, useFiles } from "../cli/offair.ts";
import { createWorld } from "../cli/world.ts";

const ROOT = join(import.meta.dirname, "../..");
const files = useFiles();
const dir = mkdtempSync(join(tmpdir(), "offair-packed-"));
const empty = join(dir, "empty");
const command = join(dir, "package", "offair.mjs");

let metafile: Metafile;
let packaged: PackagedAlone;
let world: World;
let packed: z.infer<typeof packSchema>[0];
const packSchema = z.tuple([z.object({ filename: z.string(), files: z.array(z.object({ path: z.string() })) })]);

beforeAll(async () => {
  jest.spyOn(console, "info").mockImplementation(() => {});
  const dist = join(dir, "dist");
  ({ metafile } = await buildCommand({ outdir: dist }));
  describePackage(dist);
  const npm = ["pack", "--json", "--pack-destination", dir, dist];
  [packed] = packSchema.parse(JSON.parse(execFileSync("npm", npm, { cwd: dir, encoding: "utf8" })));
  execFileSync("tar", ["-xf", join(dir, packed.filename), "-C", dir]);
  mkdirSync(empty);
  packaged = await packageAlone();
  world = await startWorld({ templatePath: packaged.templatePath, ports: { gateway: 0 }, seed: 7 });
});
afterAll(async () => {
  await world?.close();
  packaged?.remove();
  rmSync(dir, { recursive: true, force: true });
});

/** The Node that runs these tests is ours. The oldest is that of the machine, if it is one. */
const machine = spawnSync("node", ["-p", "process.versions.node"], {
  env: { PATH: "/usr/local/bin:/usr/bin:/bin" },
  encoding: "utf8",
});
const nodes = new Map([
  [process.versions.node, process.execPath],
  ...(machine.status === 0 ? [[machine.stdout.trim(), "node"] as const] : []),
]);

async function run(node: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const child = spawn(node, [command, ...args], {
    cwd: empty,
    env: { PATH: "/usr/local/bin:/usr/bin:/bin", HOME: empty, AWS_EC2_METADATA_DISABLED: "true", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { code, stdout, stderr };
}

const deployment = () => ({
  OFFAIR_URL: world.stack.gatewayUrl,
  AWS_REGION: "eu-central-1",
  AWS_ACCESS_KEY_ID: OPERATORS.alice.accessKeyId,
  AWS_SECRET_ACCESS_KEY: OPERATORS.alice.secretAccessKey,
});

describe("the package", () => {
  it("has the command and its texts, and brings nothing else along", () => {
    expect(packed.files.map(({ path }) => path).sort()).toEqual(["LICENSE", "README.md", "offair.mjs", "package.json"]);
    const described: unknown = JSON.parse(readFileSync(join(dir, "package", "package.json"), "utf8"));
    expect(described).toMatchObject({ name: "offair", bin: { offair: "offair.mjs" } });
    expect(Object.keys(Object(described)).filter((key) => /dependencies|scripts|private/i.test(key))).toEqual([]);
  });

  it("is small, and its file can be executed", () => {
    expect(statSync(command).size).toBeLessThan(1_300_000); // of which the page of the console is a tenth, and the client of Secrets Manager 28 kB
    expect(statSync(join(dir, packed.filename)).size).toBeLessThan(450_000);
    expect(statSync(command).mode & 0o111).toBe(0o111);
  });

  it("has the licence of every package in it", () => {
    const bundle = readFileSync(command, "utf8");
    const names = Object.keys(metafile.inputs).flatMap(
      (file) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? [],
    );
    const used = new Set(names.filter((name) => name !== "@types/node"));
    for (const name of ["zod", "@smithy/core", "@aws-sdk/client-s3"]) expect(used).toContain(name);
    expect(bundle).toMatch(/^zod 4[.\d]+ \(MIT\)$/m);
    expect(bundle).toMatch(/^@aws-sdk\/client-s3 [.\d]+ \(Apache-2\.0\)$/m);
    expect(bundle).toContain("Apache License");
  });

  it("contains nothing of this machine", () => {
    expect(readFileSync(command, "utf8")).not.toContain(ROOT);
  });

  it("loads zod, the AWS SDK and what calls the deployment only when a command needs them", () => {
    const loaded = new Set<string>();
    const load = (file: string): void => {
      if (loaded.has(file)) return;
      loaded.add(file);
      for (const each of metafile.inputs[file]?.imports ?? []) if (each.kind !== "dynamic-import") load(each.path);
    };
    load("cli/offair.ts");
    expect(loaded).toContain("cli/help/overview.ts");
    const heavy =
      /node_modules\/(?!fastest-levenshtein\/)|^cli\/(commands|operator|evidence|render|workflows)\/|^lib\/(?!core\/)/;
    expect([...loaded].filter((file) => heavy.test(file))).toEqual([]);
  });
});

describe.each([...nodes])("in an empty folder, on Node %s", (version, node) => {
  it("helps, as the sources do", async () => {
    expect(await run(node, ["help"])).toEqual(await offair(["help"]));
    expect(await run(node, ["review", "--help"])).toEqual(await offair(["help", "review"]));
    expect(await run(node, ["help", "ERR_ARCHIVE"])).toEqual(await offair(["help", "ERR_ARCHIVE"]));
    expect(await run(node, ["verfy"])).toEqual(await offair(["verfy"]));
  });

  it("tells its version without a network, and the deployment's", async () => {
    const alone = await run(node, ["--version"]);
    expect(alone).toMatchObject({ code: 0, stderr: "" });
    expect(alone.stdout).toMatch(/^offair \d+\.\d+\.\d+.* \(Node [\d.]+\)\n$/);
    const { code, stdout } = await run(node, ["--version"], deployment());
    expect(code).toBe(0);
    expect(stdout).toMatch(/^offair .*\ndeployment \d+\.\d+\.\d+.*\n(both are|they are not) of the same commit/);
    const [json] = jsonLines(await run(node, ["--version", "--json"], deployment()));
    // Tests that run at the same time may change the working tree between the two builds, so that one of the commits is marked.
    const build = (of: unknown) => {
      const { version, commit } = Object(of);
      return { version, commit: commit === undefined ? undefined : String(commit).replace(/-dirty$/, "") };
    };
    expect(build(json?.deployment)).toEqual(build(json));
  });

  it("tells its version if the deployment does not answer", async () => {
    const { code, stdout, stderr } = await run(node, ["--version", "--url", "http://127.0.0.1:9"], {
      ...deployment(),
      OFFAIR_URL: "",
    });
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^offair .*\n$/) });
    expect(stderr).toMatch(/^offair: the version of the deployment is not known: nothing is listening/);
  });

  it("verifies a bundle of evidence", async () => {
    const evidence = createWorld();
    evidence.disable({ domain: "push.example.com", app: "live", stream: "a" }, "2026-03-14T02:10:00.000Z");
    await evidence.run("2026-03-14T00:00:00.000Z", "2026-03-14T04:00:00.000Z");
    const asked = ["verify", files.folder(evidence.objects), "--key", files.key(1)];
    expect(await run(node, asked)).toEqual(await offair(asked));
    const history = ["history", "2026-03-14", "--bundle", files.folder(evidence.objects)];
    expect(await run(node, history)).toEqual(await offair(history));
  });

  it("lists and disables, against the local stack", async () => {
    const env = deployment();
    const name = `on-${version.replaceAll(".", "-")}`;
    const disabled = await run(
      node,
      ["disable", `push.example.com/live/${name}`, "--reason", "INC-881", "--yes", "--json"],
      env,
    );
    expect(disabled).toMatchObject({ code: 0, stderr: "" });
    const listed = await run(node, ["list", "--json"], env);
    expect(listed.code).toBe(0);
    expect(jsonLines(listed)).toContainEqual(expect.objectContaining({ stream: name }));
    expect((await run(node, ["list"], env)).stdout).toContain(name);
  });

  it("leaves the folder as it was", () => expect(readdirSync(empty)).toEqual([]));
});

it("runs on the oldest Node that package.json names: this machine's, or CI has another", () => {
  if (process.env.CI) expect([...nodes.keys()].some((version) => version.startsWith("20."))).toBe(true);
});
