/**
 * What a game day leaves behind, one JSON object a line: everything that the scorecard is computed from, and nothing that it was
 * told by the code under test. The ledger's items are as the table holds them, the calls as the simulator saw them.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { streamSchema } from "../../../lib/core/stream.ts";

const text = z.string();

/** How the day was set up: what the scorecard holds the rest against. One record. */
const daySchema = z.object({
  seed: z.number(),
  reports: z.number(),
  sabotage: text.nullable(),
  startedAt: text,
  endedAt: text,
  /** Calls a minute that a Huawei user has, and the share of it that all functions together may use. */
  quotas: z.record(text, z.number()),
  share: z.number(),
  /** Which Huawei user each access key belongs to, also one that was removed. */
  users: z.record(text, text),
  /** False when the wait for outcomes was given up. */
  drained: z.boolean(),
});

/** A report as posted, or an operator's event as invoked. */
const sentSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("report"),
    seq: z.number(),
    at: text,
    id: text,
    /** Why it was posted: the first time, again by an impatient sender, … */
    copy: text,
    signedWith: z.enum(["oldSource", "newSource", "foreignSource"]),
    signature: text,
    stream: streamSchema,
    body: text,
  }),
  z.object({ kind: z.literal("order"), seq: z.number(), at: text, event: z.record(text, z.unknown()) }),
]);

/** By the `seq` of what was sent; status null when there was no answer. */
const answerSchema = z.object({ seq: z.number(), at: text, status: z.number().nullable(), text });

const callSchema = z.object({
  seq: z.number(),
  time: text,
  user: text.nullable(),
  ak: text.nullable(),
  method: text,
  path: text,
  stream: z.object({ domain: text.nullable(), app: text.nullable(), stream: text.nullable() }),
  status: z.number().nullable(),
  error_code: text.nullable(),
  requestId: text,
  committed: z.boolean(),
  fault: text.optional(),
});

/** A stream that Live forbids at the end of the day. */
const disabledSchema = z.object({ ...streamSchema.shape, resume_time: text.nullable() });

const itemSchema = z.looseObject({ pk: text, sk: text });

/** What rests on a queue at the end. */
const messageSchema = z.object({ queue: text, body: text, attributes: z.record(text, z.unknown()) });

/** A fault that is not in the calls: when, which, and how many were hit. */
const happenedSchema = z.object({ at: text, fault: text, hits: z.number(), note: text });

const alertSchema = z.object({ at: text, name: text, note: text });
const logSchema = z.object({ functionName: text, line: text });
const objectSchema = z.object({ key: text, text });

const FILES = {
  day: daySchema,
  sent: sentSchema,
  answers: answerSchema,
  "live-calls": callSchema,
  "live-disabled": disabledSchema,
  ledger: itemSchema,
  "dead-letters": messageSchema,
  queues: messageSchema,
  happened: happenedSchema,
  alerts: alertSchema,
  logs: logSchema,
  snapshots: objectSchema,
} as const;

type FileName = keyof typeof FILES;
export type Material = { readonly [name in FileName]: readonly z.output<(typeof FILES)[name]>[] };
export type Sent = z.output<typeof sentSchema>;
export type SentReport = Extract<Sent, { kind: "report" }>;
export type Call = z.output<typeof callSchema>;
export type Item = z.output<typeof itemSchema>;
export type Day = z.output<typeof daySchema>;
export type Happened = z.output<typeof happenedSchema>;

const NAMES = Object.keys(FILES) as FileName[];

export async function writeMaterial(material: Material, directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  for (const name of NAMES) {
    const lines = material[name].map((record) => `${JSON.stringify(record)}\n`);
    await writeFile(join(directory, `${name}.ndjson`), lines.join(""));
  }
}

/** @throws ZodError, or the file system's error, where a file is not as `writeMaterial` leaves it. */
export async function readMaterial(directory: string): Promise<Material> {
  const read = async <Name extends FileName>(name: Name): Promise<Material[Name]> => {
    const lines = (await readFile(join(directory, `${name}.ndjson`), "utf8")).split("\n").filter((line) => line !== "");
    const records: unknown = lines.map((line) => FILES[name].parse(JSON.parse(line)));
    return records as Material[Name]; // the schema of this very file has just made them
  };
  const entries = await Promise.all(NAMES.map(async (name) => [name, await read(name)] as const));
  return Object.fromEntries(entries) as unknown as Material;
}

/** The one record of how the day was set up. @throws Error when there is none. */
export function dayOf({ day }: Material): Day {
  const [record] = day;
  if (!record) throw new Error("the material has no record of the day");
  return record;
}
