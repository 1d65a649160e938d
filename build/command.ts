/**
 * Bundles the `offair` command into one file that runs without the clone and without node_modules: dist/offair.mjs. `npm run pack:offair`
 * builds it and packs it as the npm package `offair`, which has no dependencies.
 *
 * The package is described in dist/ and not by package.json, whose dependencies nobody who only runs the command needs.
 */
import { chmodSync, copyFileSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { build, type Metafile } from "esbuild";
import manifest from "../package.json" with { type: "json" };
import { buildConstants } from "./build-info.ts";
import { builtinsUnread } from "./builtins-unread.ts";
import { consolePage, errorsPage, lazyCommands } from "./command-plugins.ts";
import { buildConsole } from "./console.ts";
import { licencesOf } from "./licences.ts";
import { versionOnly, withoutEventStreams } from "./trim-sdk.ts";
import { type Bundle, formatBundles, weigh } from "./weigh.ts";

const ROOT = join(import.meta.dirname, "..");
const FILE = "offair.mjs";
/** The oldest Node that the command runs on; package.json says the same. */
const [OLDEST = ""] = /\d+\.\d+/.exec(manifest.engines.node) ?? [];

export interface CommandBuild {
  readonly bundle: Bundle;
  readonly metafile: Metafile;
}

/**
 * Writes offair.mjs, offair.inputs.json for cli/offair.mjs, and the page of the console, which the sources read from console/.
 *
 * @param outdir - other files in it stay.
 */
export async function buildCommand({ outdir }: { readonly outdir: string }): Promise<CommandBuild> {
  const page = await buildConsole({ outdir: join(outdir, "console") });
  const { metafile, outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: { offair: "cli/offair.ts" },
    outdir,
    outExtension: { ".js": ".mjs" },
    write: false,
    bundle: true,
    format: "esm",
    platform: "node",
    target: `node${OLDEST}`,
    mainFields: ["module", "main"], // the SDK's CommonJS builds cannot be tree-shaken
    define: { "import.meta.dirname": "undefined", ...buildConstants() },
    banner: { js: `#!/usr/bin/env node\n${REFUSE_OLDER}` },
    minify: true,
    keepNames: false,
    legalComments: "none", // licencesOf() has the whole texts
    metafile: true,
    logLevel: "silent", // the caller prints the error
    plugins: [await lazyCommands(), errorsPage, consolePage(page), builtinsUnread, withoutEventStreams, versionOnly],
  });
  const [output] = outputFiles;
  if (!output) throw new Error("esbuild wrote no command");
  mkdirSync(outdir, { recursive: true });
  const inputs = fingerprints([...Object.keys(metafile.inputs), ...page.inputs]); // before the file: a change in between makes it stale
  // Somebody may be running it. A build in progress is not found.
  const unfinished = join(outdir, `.${FILE}.${process.pid}`);
  writeFileSync(unfinished, `${output.text}${licencesOf(metafile, page.metafile)}`);
  chmodSync(unfinished, 0o755);
  renameSync(unfinished, join(outdir, FILE));
  writeFileSync(join(outdir, "offair.inputs.json"), JSON.stringify(inputs));
  return { bundle: weigh("offair", FILE, metafile), metafile };
}

/** Without this line, an older Node fails at the first line that it does not know. */
const REFUSE_OLDER = `if(!process.getBuiltinModule){console.error("offair needs Node ${OLDEST} or newer; this is "+process.versions.node+".");process.exit(2)}`;

/** Size and time of each file that the build was made from. cli/offair.mjs runs a build only while they are the same. */
function fingerprints(inputs: readonly string[]): Record<string, readonly [bytes: number, mtimeMs: number]> {
  const sources = inputs.filter((path) => !path.includes("node_modules/") && !path.includes(":"));
  const others = ["package.json", "package-lock.json", "docs/errors.md"];
  const build = readdirSync(import.meta.dirname).map((name) => relative(ROOT, join(import.meta.dirname, name)));
  return Object.fromEntries(
    [...new Set([...sources, ...others, ...build])].sort().map((path) => {
      const { size, mtimeMs } = statSync(join(ROOT, path));
      return [path, [size, mtimeMs]];
    }),
  );
}

/** Writes what `npm pack` needs beside the command. */
export function describePackage(outdir: string): void {
  const { name, version, description, license, engines } = manifest;
  const described = {
    name,
    version,
    description,
    license,
    type: "module",
    bin: { [name]: FILE },
    files: [FILE],
    engines,
  };
  writeFileSync(join(outdir, "package.json"), `${JSON.stringify(described, null, 2)}\n`);
  copyFileSync(join(ROOT, "LICENSE"), join(outdir, "LICENSE"));
  copyFileSync(join(ROOT, "cli", "README.md"), join(outdir, "README.md"));
}

if (import.meta.main) {
  const outdir = join(ROOT, "dist");
  try {
    console.log(formatBundles([(await buildCommand({ outdir })).bundle]));
    describePackage(outdir);
  } catch (error) {
    rmSync(join(outdir, FILE), { force: true }); // what cannot be built now must not be packed
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
