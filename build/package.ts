/**
 * Bundles and packages the service: `npm run package -- [--stage dev] [--region …] [--param key=value]…`
 * Needs no network, login, AWS credentials or home directory. Writes the zips and the CloudFormation template into .serverless/, which
 * the local stack runs and `serverless deploy --package .serverless` deploys, also from a copy in another folder or on another machine.
 */
import { spawn } from "node:child_process";
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import * as z from "zod";
import { type BuildOptions, buildFunctions } from "./build.ts";
import { type Bundle, formatBundles } from "./weigh.ts";

const ROOT = join(import.meta.dirname, "..");
const FRAMEWORK = join(ROOT, "node_modules", "serverless", "bin", "serverless.js");

export interface PackageOptions extends Omit<BuildOptions, "outdir"> {
  readonly stage: string;
  /** The directory of serverless.yml, where dist/ and .serverless/ are written. Default: the repository's root. */
  readonly serviceDir?: string;
  /** More options for the framework: `["--param", "liveTimeoutMs=2000"]`. */
  readonly frameworkArgs?: readonly string[];
}

/** Copies serverless.yml and resources/, so that a package can be made in another directory. */
export function copyServiceDefinition(serviceDir: string): void {
  for (const name of ["serverless.yml", "resources"])
    cpSync(join(ROOT, name), join(serviceDir, name), { recursive: true });
}

/** @throws Error with the framework's output, or naming each wrong zip */
export async function packageService({
  stage,
  serviceDir = ROOT,
  frameworkArgs = [],
  ...build
}: PackageOptions): Promise<Bundle[]> {
  const bundles = await buildFunctions({ ...build, outdir: join(serviceDir, "dist") });
  const packageDir = join(serviceDir, ".serverless");
  rmSync(packageDir, { recursive: true, force: true });
  await runFramework(["package", "--stage", stage, ...frameworkArgs], serviceDir);
  removeAbsolutePaths(packageDir);
  const issues = checkZips(packageDir, bundles);
  if (issues.length > 0) throw new Error(`the package is wrong:\n${issues.join("\n")}`);
  return bundles;
}

/** Runs the framework; its output is only shown if it fails. */
async function runFramework(args: readonly string[], cwd: string): Promise<void> {
  const child = spawn(process.execPath, [FRAMEWORK, ...args], {
    cwd,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      PATH: process.env.PATH,
      CI: "1", // asks nothing
      // Caches the compiled schema, which makes the next run a second faster. The home directory may not exist.
      SLS_SCHEMA_CACHE_BASE_DIR: join(ROOT, "node_modules", ".cache", "serverless"),
    },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (output += text));
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject).once("close", resolve);
  });
  if (exitCode !== 0) throw new Error(`serverless ${args.join(" ")} failed (exit code ${exitCode})\n${output.trim()}`);
}

const stateSchema = z.looseObject({
  service: z.looseObject({
    functions: z.record(z.string(), z.looseObject({ package: z.looseObject({ artifact: z.string().optional() }) })),
  }),
});

/** The framework records where each zip is. Without that record it looks into the folder that `deploy --package` names. */
function removeAbsolutePaths(packageDir: string): void {
  const path = join(packageDir, "serverless-state.json");
  const state = stateSchema.parse(JSON.parse(readFileSync(path, "utf8")));
  for (const { package: zip } of Object.values(state.service.functions)) delete zip.artifact;
  writeFileSync(path, JSON.stringify(state, null, 2));
}

/** Checks that there is one zip per function, with only its bundle and source map. @returns the issues */
function checkZips(packageDir: string, bundles: readonly Bundle[]): string[] {
  const zips = readdirSync(packageDir).filter((file) => file.endsWith(".zip"));
  const expected = bundles.map(({ name }) => `${name}.zip`);
  return [
    ...zips.filter((zip) => !expected.includes(zip)).map((zip) => `${zip}: belongs to no function`),
    ...bundles.flatMap(({ name }) => {
      if (!zips.includes(`${name}.zip`)) return [`${name}.zip: is missing; serverless.yml has no such function`];
      const held = zipEntries(readFileSync(join(packageDir, `${name}.zip`))).sort();
      const wanted = [`dist/${name}/index.mjs`, `dist/${name}/index.mjs.map`];
      return held.join() === wanted.join() ? [] : [`${name}.zip: holds ${held.join(", ")}, not ${wanted.join(", ")}`];
    }),
  ];
}

/** Reads the names in a zip's central directory (APPNOTE.TXT 4.3.12, 4.3.16). Supports neither ZIP64 nor comments. */
export function zipEntries(zip: Buffer): string[] {
  const end = zip.length - 22;
  if (end < 0 || zip.readUInt32LE(end) !== 0x06054b50) throw new Error("not a zip file, or one with a comment");
  const names: string[] = [];
  let offset = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left -= 1) {
    const nameLength = zip.readUInt16LE(offset + 28);
    names.push(zip.toString("utf8", offset + 46, offset + 46 + nameLength));
    offset += 46 + nameLength + zip.readUInt16LE(offset + 30) + zip.readUInt16LE(offset + 32);
  }
  return names;
}

if (import.meta.main) {
  try {
    const { values } = parseArgs({
      options: {
        stage: { type: "string", default: "dev" },
        region: { type: "string" },
        param: { type: "string", multiple: true, default: [] },
      },
    });
    const frameworkArgs = [
      ...(values.region === undefined ? [] : ["--region", values.region]),
      ...values.param.flatMap((param) => ["--param", param]),
    ];
    const bundles = await packageService({ stage: values.stage, frameworkArgs });
    const { buildCommand } = await import("./command.ts"); // loads all commands, which nobody else who packages needs
    const { bundle } = await buildCommand({ outdir: join(ROOT, "dist") }); // what is deployed and what talks to it are of one build
    console.log(`${formatBundles([...bundles, bundle])}\npackaged for stage ${values.stage} into .serverless/`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
