/**
 * Compares offair's speed with an implementation from common libraries and with the minimum that is possible: `npm run bench`, or
 * `npm run bench -- sign init`. Writes RESULTS.md and results.json; other benches keep their last results.
 */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { run, UsageError } from "../local/kit/arguments.ts";
import { audit } from "./audit.ts";
import type { Bench } from "./bench.ts";
import { burst } from "./burst.ts";
import { cost } from "./cost.ts";
import { firstAnswer } from "./first-answer.ts";
import { incident } from "./incident.ts";
import { init } from "./init.ts";
import { type Results, readResults, runOf, writeResults } from "./results.ts";
import { sign } from "./sign.ts";
import { boundsOf, tableOf } from "./table.ts";
import { timeToEvent } from "./time-to-event.ts";
import { timeToOff } from "./time-to-off.ts";
import { verify } from "./verify.ts";
import { verifyChain } from "./verify-chain.ts";

const BENCHES: readonly Bench[] = [
  ...[sign, verify, init, firstAnswer, verifyChain, incident, audit],
  ...[timeToOff, timeToEvent, burst, cost],
];
const HELP = `usage: npm run bench [-- NAME…]\n\n${BENCHES.map(({ name, about }) => `  ${name.padEnd(14)}${about}`).join("\n")}`;

async function main(): Promise<number> {
  const { positionals } = parseArgs({ allowPositionals: true });
  const unknown = positionals.find((asked) => !BENCHES.some(({ name }) => name === asked));
  if (unknown !== undefined) throw new UsageError(`unknown bench ${unknown}`);
  const chosen = BENCHES.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  const [bench] = chosen;
  if (chosen.length !== 1 || !bench) return oneByOne(chosen);
  const all = readResults();
  const [{ model = "" } = {}] = cpus();
  const measured = await bench.run();
  const result = runOf(measured, { at: new Date(), node: process.version, cpu: model, cpus: cpus().length });
  all[bench.name] = result;
  console.log(`${tableOf({ [bench.name]: result })}\n`);
  const results: Results = Object.fromEntries(BENCHES.flatMap(({ name }) => (all[name] ? [[name, all[name]]] : [])));
  writeResults(results);
  writeFileSync(join(import.meta.dirname, "RESULTS.md"), resultsPage(results));
  return 0;
}

/** Runs each bench in its own process, so that none uses the heap of another. @returns the exit code */
function oneByOne(benches: readonly Bench[]): number {
  for (const { name } of benches) {
    const { status } = spawnSync(process.execPath, [import.meta.filename, name], { stdio: "inherit" });
    if (status !== 0) return 1;
  }
  return 0;
}

function resultsPage(results: Results): string {
  const machines = Object.entries(results).map(
    ([name, { at, node, cpu, cpus }]) => `${name} ${at.slice(0, 10)}, Node ${node}, ${cpus} × ${cpu}`,
  );
  return `${[
    "# Measured side by side",
    "Written by `npm run bench`; every sample is in [`results.json`](results.json). `ours` is offair. A ratio compares the medians of rounds in which\nboth sides took turns; the spread is the range of the middle half of the rounds (for `time-to-off` and `time-to-event`, of the reports). Absolute times are for\norientation only: they depend on the machine, the ratios do not.",
    tableOf(results),
    BENCHES.map(({ name, about }) => `- **${name}**: ${about}`).join("\n"),
    "## What limits the ratios",
    boundsOf(results),
    readFileSync(join(import.meta.dirname, "experiments.md"), "utf8").trim(),
    "## Machines",
    machines.map((machine) => `- ${machine}`).join("\n"),
  ].join("\n\n")}\n`;
}

await run(main, HELP);
