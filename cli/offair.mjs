#!/usr/bin/env node
/** The `offair` command, whatever Node is on the PATH: the sources are TypeScript, which the Node of our packages runs as it is. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { constants } from "node:os";

const RUNS_TYPESCRIPT = 24;
const offair = new URL("./offair.ts", import.meta.url);

function nodeOfOurPackages() {
  const here = createRequire(import.meta.url);
  const beside = new URL("../node_modules/.bin/node", import.meta.url);
  try {
    return here.resolve(`node-linux-${process.arch}/bin/node`);
  } catch {
    return existsSync(beside) ? beside.pathname : undefined;
  }
}

if (Number.parseInt(process.versions.node, 10) >= RUNS_TYPESCRIPT) {
  await import(offair.href);
} else {
  const node = nodeOfOurPackages();
  if (node === undefined) {
    console.error(
      `offair needs Node ${RUNS_TYPESCRIPT}; this is ${process.versions.node}. npm ci brings the right one along.`,
    );
    process.exitCode = 2;
  } else {
    const child = spawn(node, [offair.pathname, ...process.argv.slice(2)], { stdio: "inherit" });
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
