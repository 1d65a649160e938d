/** The command as operators install it: the package that npm packs, on Node 20 and 24, where there is no clone and no node_modules. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import * as z from "zod";
import { buildCommand, type CommandBuild, describePackage } from "../../build/command.ts";
import { withoutLimits } from "../../build/package-alone.ts";
import { publicKeyPem } from "../../lib/archive/signing-keys.ts";
import { type Ended, offair } from "../cli/offair.ts";
import { healthyChain, keyOf } from "../support/chain.ts";

const dir = mkdtempSync(join(tmpdir(), "offair-packed-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

let built: CommandBuild;
let command: string;
let packed: readonly string[];
const packSchema = z.tuple([z.object({ filename: z.string(), size: z.number(), files: z.array(z.object({ path: z.string() })) })]);

beforeAll(async () => {
  const dist = join(dir, "dist");
  built = await buildCommand({ outdir: dist });
  describePackage(dist);
  const npm = spawnSync("npm", ["pack", "--json", "--pack-destination", dir, dist], { cwd: dir, encoding: "utf8" });
  const [{ filename, files }] = packSchema.parse(JSON.parse(npm.stdout));
  packed = files.map(({ path }) => path);
  execFileSync("tar", ["-xf", join(dir, filename), "-C", dir]);
  command = join(dir, "package", "offair.mjs");
  mkdirSync(join(dir, "empty"));
});
