/** bench/cost/counts.json: what `npm run bench -- cost` counted on the local stack, from which docs/cost.md is made. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { add, type Counts, ITEMS, times } from "./prices.ts";

export const COUNTS_FILE = join(import.meta.dirname, "../../bench/cost/counts.json");

const numbers = z.record(z.string(), z.number());
const counts: z.ZodType<Counts> = z.partialRecord(z.enum(ITEMS), z.number());
const sceneSchema = z.object({
  /** Number of things that were done: everything below is of all of them. */
  times: z.number(),
  /** By what used it: a function, `gateway`, or `polling` for the requests of Lambda's pollers that had messages. */
  by: z.record(z.string(), counts),
  /** By function, service and operation. */
  operations: z.record(z.string(), z.object({ requests: z.number(), units: z.number(), itemBytes: z.number() })),
  metrics: z.array(z.string()),
  ...{ cpuMs: numbers, billedMs: numbers, invocations: numbers },
});
export type Scene = z.infer<typeof sceneSchema>;

const standingSchema = z.object({
  ...{ mappings: z.number(), alarms: z.number(), alarmMetrics: z.number() },
  ...{ secrets: z.number(), kmsKeys: z.number(), dashboards: z.number() },
});
export type Standing = z.infer<typeof standingSchema>;

const countedSchema = z.object({
  at: z.iso.datetime(),
  node: z.string(),
  cpu: z.string(),
  /** What the template has without any use of it. */
  standing: standingSchema,
  /** The same with the canary. */
  withCanary: standingSchema,
  /** Sweeps of `notify` that each run of its schedule causes. */
  sweepsAfter: z.number(),
  scenes: z.record(z.string(), sceneSchema),
});
export type Counted = z.infer<typeof countedSchema>;

export const parseCounted = (value: unknown): Counted => countedSchema.parse(value);
export const readCounted = (): Counted => parseCounted(JSON.parse(readFileSync(COUNTS_FILE, "utf8")));

/** @throws RangeError for a scene that was not counted. */
export function sceneOf({ scenes }: Pick<Counted, "scenes">, name: string): Scene {
  const scene = scenes[name];
  if (!scene) throw new RangeError(`bench/cost/counts.json has no ${name}: npm run bench -- cost`);
  return scene;
}

/** What one of a scene uses. */
export function one(counted: Pick<Counted, "scenes">, name: string): Counts {
  const { by, times: number } = sceneOf(counted, name);
  return times(add(...Object.values(by)), 1 / number);
}
