#!/usr/bin/env node
/**
 * The `offair` command of the clone, whatever Node is on the PATH. It runs the bundle (`npm run build`, and `npm start`), which starts in a
 * fraction of the time, but only while every file that the bundle was made from is unchanged. Otherwise it runs the sources: they are
 * TypeScript, which the Node of our packages runs as it is.
 */
import { spawn } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { constants } from "node:os";
import { fileURLToPath } from "node:url";

const RUNS_TYPESCRIPT = 24;
const placeOf = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const sources = new URL("./offair.ts", import.meta.url);
const bundle = new URL("../dist/offair.mjs", import.meta.url);

/** Compiled code, with the types stripped: this halves the time that the sources take to start. */
const CACHE = placeOf("node_modules/.cache/offair");

/** build/command.ts writes the file, after the bundle. */
function isBundleCurrent() {
  try {
    const inputs = JSON.parse(readFileSync(placeOf("dist/offair.inputs.json"), "utf8"));
    return existsSync(bundle) && Object.entries(inputs).every(isUnchanged);
  } catch {
    return false; // there is none, or a file was removed
  }
}

function isUnchanged([path, [bytes, mtimeMs]]) {
  const now = statSync(placeOf(path));
  return now.size === bytes && now.mtimeMs === mtimeMs;
}

function nodeOfOurPackages() {
  const here = createRequire(import.meta.url);
  const beside = placeOf("node_modules/.bin/node");
  try {
    return here.resolve(`node-linux-${process.arch}/bin/node`);
  } catch {
    return existsSync(beside) ? beside : undefined;
  }
}

if (isBundleCurrent()) {
  process.env.OFFAIR_LOCAL_FILE ??= placeOf(".offair-local.json"); // the bundle does not know its clone
  await import(bundle.href);
} else if (Number.parseInt(process.versions.node, 10) >= RUNS_TYPESCRIPT) {
  process.getBuiltinModule("node:module").enableCompileCache(CACHE);
  await import(sources.href);
} else {
  const node = nodeOfOurPackages();
  if (node === undefined) {
    console.error(
      `offair needs Node ${RUNS_TYPESCRIPT}; this is ${process.versions.node}. npm ci brings the right one along.`,
    );
    process.exitCode = 2;
  } else {
    const child = spawn(node, [fileURLToPath(sources), ...process.argv.slice(2)], {
      stdio: "inherit",
      env: { NODE_COMPILE_CACHE: CACHE, ...process.env },
    });
    // A terminal sends its signals to both of us: the command decides what to make of them.
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
    child.on("error", (error) => {
      console.error(`offair cannot start ${node}: ${error.message}`);
      process.exitCode = 2;
    });
    child.on("close", (code, signal) => {
      process.exitCode = code ?? 128 + constants.signals[signal]; // as a shell tells of a signal
    });
  }
}
