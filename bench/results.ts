/** bench/results.json: every sample of the last run of each bench, so that every ratio can be recomputed; of the run before only its ratios. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import type { Measured } from "./bench.ts";
import { ratioOf } from "./ratio.ts";

const FILE = join(import.meta.dirname, "results.json");

/** Of a side: so that the file does not grow with the number of rounds. */
const MAX_VALUES = 2_000;
/** More than the clock resolves. */
const DIGITS = 5;

const samplesSchema = z.object({
  unit: z.enum(["ns", "ms", "bytes", "calls", "usd"]),
  values: z.array(z.number()).max(MAX_VALUES),
  aRound: z.int().min(1).exactOptional(),
});
const cpuSchema = z.object({
  one: z.enum(["order", "page", "report"]),
  ...{ functionsMs: z.number(), standInsMs: z.number(), cores: z.number(), loop: z.number(), busy: z.number() },
});
const rowSchema = z.object({
  what: z.string(),
  above: z.string(),
  below: z.string(),
  quantile: z.number().min(0).max(1).exactOptional(),
  target: z.union([z.strictObject({ atMost: z.number() }), z.strictObject({ atLeast: z.number() })]),
  isExact: z.boolean().exactOptional(),
  bound: z.string().exactOptional(),
  cpu: cpuSchema.exactOptional(),
});
const machineSchema = z.object({
  at: z.iso.datetime(),
  node: z.string(),
  /** The machine's processor, as reported by the system. */
  cpu: z.string(),
  cpus: z.number(),
});
const beforeSchema = machineSchema.extend({
  ratios: z.record(
    z.string(),
    z.object({
      ratio: z.number(),
      rounds: z.number(),
      interval: z.object({ low: z.number(), high: z.number() }).exactOptional(),
    }),
  ),
});
const runSchema = machineSchema.extend({
  rows: z.array(rowSchema),
  samples: z.record(z.string(), samplesSchema),
  before: beforeSchema.exactOptional(),
});
export type Machine = z.infer<typeof machineSchema>;
export type Before = z.infer<typeof beforeSchema>;
export type Run = z.infer<typeof runSchema>;
export type Results = Record<string, Run>;

export const readResults = (): Results =>
  existsSync(FILE) ? z.record(z.string(), runSchema).parse(JSON.parse(readFileSync(FILE, "utf8"))) : {};

export const writeResults = (results: Results): void => writeFileSync(FILE, `${JSON.stringify(results)}\n`);

/** @param last - the run of the same bench before this one. */
export function runOf({ rows, samples }: Measured, { at, node, cpu, cpus }: Machine, last?: Run): Run {
  const run = { at, node, cpu, cpus, rows, samples, ...(last && { before: beforeOf(last) }) };
  return runSchema.parse(JSON.parse(JSON.stringify(run, rounded)));
}

function beforeOf({ at, node, cpu, cpus, rows, samples }: Run): Before {
  return { at, node, cpu, cpus, ratios: Object.fromEntries(rows.map((row) => [row.what, ratioOf(row, samples)])) };
}

const rounded = (_key: string, value: unknown): unknown =>
  typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(DIGITS)) : value;
