/** bench/results.json: every sample of the last run of each bench, so that every ratio can be recomputed. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import type { Measured } from "./bench.ts";

const FILE = join(import.meta.dirname, "results.json");

const samplesSchema = z.object({ unit: z.enum(["ns", "ms", "bytes", "calls", "usd"]), values: z.array(z.number()) });
const rowSchema = z.object({
  what: z.string(),
  above: z.string(),
  below: z.string(),
  quantile: z.number().min(0).max(1).exactOptional(),
  target: z.union([z.strictObject({ atMost: z.number() }), z.strictObject({ atLeast: z.number() })]),
  bound: z.string().exactOptional(),
});
const runSchema = z.object({
  at: z.iso.datetime(),
  node: z.string(),
  /** The machine's processor, as reported by the system. */
  cpu: z.string(),
  cpus: z.number(),
  rows: z.array(rowSchema),
  samples: z.record(z.string(), samplesSchema),
});
export type Run = z.infer<typeof runSchema>;
export type Results = Record<string, Run>;

export const readResults = (): Results =>
  existsSync(FILE) ? z.record(z.string(), runSchema).parse(JSON.parse(readFileSync(FILE, "utf8"))) : {};

export const writeResults = (results: Results): void => writeFileSync(FILE, `${JSON.stringify(results, round)}\n`);

/** More digits than the clock's resolution. */
const round = (_key: string, value: unknown): unknown =>
  typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value;

export const runOf = (
  { rows, samples }: Measured,
  { at, node, cpu, cpus }: { at: Date; node: string; cpu: string; cpus: number },
): Run => runSchema.parse({ at: at.toISOString(), node, cpu, cpus, rows, samples });
