/**
 * Compares offair's speed with an implementation from common libraries and with the minimum that is possible: `npm run bench`, or
 * `npm run bench -- sign init`. Writes RESULTS.md and results.json; other benches keep their last results. With `--quick` it writes nothing.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { SECOND_MS } from "../lib/core/time.ts";
import { run, UsageError } from "../local/kit/arguments.ts";
import { audit } from "./audit.ts";
import type { Bench } from "./bench.ts";
import { burst } from "./burst.ts";
import { cost } from "./cost.ts";
import { describeCpu } from "./cpu.ts";
import { createEffort } from "./effort.ts";
import { firstAnswer } from "./first-answer.ts";
import { incident } from "./incident.ts";
import { init } from "./init.ts";
import { resultsPage } from "./page.ts";
import { type Results, readResults, runOf, writeResults } from "./results.ts";
import { sign } from "./sign.ts";
import { tableOf } from "./table.ts";
import { timeToEvent } from "./time-to-event.ts";
import { timeToOff } from "./time-to-off.ts";
import { verify } from "./verify.ts";
import { verifyChain } from "./verify-chain.ts";

const BENCHES: readonly Bench[] = [
  ...[sign, verify, init, firstAnswer, verifyChain, incident, audit],
  ...[timeToOff, timeToEvent, burst, cost],
];
/** `--quick`: all benches together, and one of them. */
const QUICK_MS = 115 * SECOND_MS;
const QUICK_BENCH_MS = 35 * SECOND_MS;
/** How a process ends whose time is over. */
const OVER = { status: null, signal: "SIGTERM" } as const;

const HELP = `usage: npm run bench [-- [--quick] [NAME…]]

  --quick       few rounds and small sizes, in two minutes; prints the table, and changes neither RESULTS.md nor results.json

${BENCHES.map(({ name, about }) => `  ${name.padEnd(14)}${about}`).join("\n")}`;

async function main(): Promise<number> {
  const options = { quick: { type: "boolean", default: false } } as const;
  const { values, positionals } = parseArgs({ allowPositionals: true, options });
  const unknown = positionals.find((asked) => !BENCHES.some(({ name }) => name === asked));
  if (unknown !== undefined) throw new UsageError(`unknown bench ${unknown}`);
  const chosen = BENCHES.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  const [bench] = chosen;
  if (chosen.length !== 1 || !bench) return oneByOne(chosen, values.quick);
  const measured = await bench.run(createEffort(values.quick));
  const all = readResults();
  const [{ model: cpu = "" } = {}] = cpus();
  const machine = { at: new Date().toISOString(), node: process.version, cpu, cpus: cpus().length };
  const result = runOf(measured, machine, all[bench.name]);
  console.log(`${tableOf({ [bench.name]: result })}\n`);
  for (const text of new Set(result.rows.flatMap(({ cpu: used }) => (used ? describeCpu(used) : []))))
    console.log(`${text}\n`);
  if (values.quick) {
    if (bench.leftOut) console.log(`Left out of ${bench.name}: ${bench.leftOut}.\n`);
    return 0;
  }
  all[bench.name] = result;
  const results: Results = Object.fromEntries(BENCHES.flatMap(({ name }) => (all[name] ? [[name, all[name]]] : [])));
  writeResults(results);
  writeFileSync(join(import.meta.dirname, "RESULTS.md"), resultsPage(results, BENCHES));
  return 0;
}

/** Runs each bench in its own process, so that none uses the heap of another. @returns the exit code */
function oneByOne(benches: readonly Bench[], isQuick: boolean): number {
  const endMs = performance.now() + QUICK_MS;
  const leftOut: string[] = [];
  const TMPDIR = mkdtempSync(join(tmpdir(), "offair-bench-")); // a bench whose time is over leaves its files there
  try {
    for (const { name } of benches) {
      const timeout = Math.ceil(Math.min(QUICK_BENCH_MS, endMs - performance.now()));
      const args = [import.meta.filename, ...(isQuick ? ["--quick"] : []), name];
      const options = { stdio: "inherit", env: { ...process.env, TMPDIR }, ...(isQuick && { timeout }) } as const;
      const { status, signal } = isQuick && timeout <= 0 ? OVER : spawnSync(process.execPath, args, options);
      if (isQuick && signal === OVER.signal) leftOut.push(name);
      else if (status !== 0) return 1;
    }
  } finally {
    rmSync(TMPDIR, { recursive: true, force: true });
  }
  if (leftOut.length > 0) console.log(`Left out, because the time was over: ${leftOut.join(", ")}.`);
  return 0;
}

await run(main, HELP);
