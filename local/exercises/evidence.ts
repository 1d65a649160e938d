/**
 * The evidence of an exercise, which is the only input of its scorecard. The ledger's items are as stored in the table, and the
 * calls are as received by the simulator: nothing is reported by the code under test. `--out DIR` writes one file for each kind.
 */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import * as z from "zod";
import { streamSchema } from "../../lib/core/stream.ts";

const text = z.string();

/** One post of a report with its last answer; status null if there was no answer. */
const postSchema = z.object({
  at: text,
  id: text,
  /** The reason for the post: the first time, again by an impatient sender, … */
  copy: text,
  signedWith: text,
  signature: text,
  stream: streamSchema,
  body: text,
  answeredAt: text.optional(),
  status: z.number().nullable(),
  text,
});

/** An operator's event, invoked directly; status null if the invocation failed. */
const invocationSchema = z.object({
  at: text,
  event: z.record(text, z.unknown()),
  status: z.number().nullable(),
  text,
});

/** A command that an operator typed, and its output. */
const commandSchema = z.object({
  who: text,
  args: z.array(text),
  at: text,
  tookMs: z.number(),
  /** Null if it was killed. */
  exit: z.number().nullable(),
  stdout: text,
  stderr: text,
});

const callSchema = z.object({
  seq: z.number(),
  time: text,
  user: text.nullable(),
  ak: text.nullable(),
  /** Calls of the user in flight when this one arrived, with this one. */
  inFlight: z.number().nullable(),
  method: text,
  path: text,
  stream: z.object({ domain: text.nullable(), app: text.nullable(), stream: text.nullable() }),
  status: z.number().nullable(),
  error_code: text.nullable(),
  requestId: text,
  committed: z.boolean(),
  fault: text.optional(),
});

/** The state of Live at one moment of the exercise. */
const liveStateSchema = z.object({
  moment: text,
  disabled: z.array(z.object({ ...streamSchema.shape, resume_time: text.nullable() })),
  /** `pushes` is 1 unless the push was cut and the encoder reconnected. */
  encoders: z.array(z.object({ stream: streamSchema, online: z.boolean(), pushes: z.number() })),
});

/** What an encoder did, or what was done to it. */
const pushEventSchema = z.object({
  ...streamSchema.shape,
  time: text,
  kind: z.enum(["started", "cut", "refused", "reconnected", "stopped"]),
  cause: z.enum(["pause", "disable"]).optional(),
});

/** One attempt of Live to deliver a callback; status null if there was no answer, or if the message was dropped. */
const callbackSchema = z.object({
  ...streamSchema.shape,
  seq: z.number(),
  time: text,
  event: z.enum(["PUBLISH", "PUBLISH_DONE"]),
  publish_timestamp: text,
  status: z.number().nullable(),
  fault: text.optional(),
});

const itemSchema = z.looseObject({ pk: text, sk: text });
/** A message that is on a queue after the end. */
const messageSchema = z.object({ queue: text, body: text, attributes: z.record(text, z.unknown()) });
/** A fault or an event: its time, and the number of affected items. */
const happenedSchema = z.object({ at: text, fault: text, hits: z.number(), note: text });

const recordsSchema = z.object({
  posts: z.array(postSchema),
  invocations: z.array(invocationSchema),
  commands: z.array(commandSchema),
  calls: z.array(callSchema),
  pushes: z.array(pushEventSchema),
  callbacks: z.array(callbackSchema),
  "live-states": z.array(liveStateSchema),
  ledger: z.array(itemSchema),
  messages: z.array(messageSchema),
  happened: z.array(happenedSchema),
  alerts: z.array(z.object({ at: text, name: text, note: text })),
  logs: z.array(z.object({ functionName: text, line: text })),
  /** Compressed objects as they are before compression. */
  objects: z.array(z.object({ key: text, text })),
  /** Keys of the reports that the incident function lists for review. */
  reviews: z.array(text),
});

/** The record of a run that every exercise has; each adds its own settings. */
export const runSchema = z.object({
  seed: z.number(),
  startedAt: text,
  endedAt: text,
  /** False if the queues were not empty before the time limit. */
  drained: z.boolean(),
});
export type BaseRun = z.output<typeof runSchema>;

export type EvidenceRecords = z.output<typeof recordsSchema>;
export type Evidence<Run extends BaseRun = BaseRun> = EvidenceRecords & { readonly run: Run };
export type Post = z.output<typeof postSchema>;
export type Call = z.output<typeof callSchema>;
export type PushEvent = z.output<typeof pushEventSchema>;
export type Callback = z.output<typeof callbackSchema>;
export type Command = z.output<typeof commandSchema>;
export type LiveState = z.output<typeof liveStateSchema>;
export type Item = z.output<typeof itemSchema>;

const ENDING = ".ndjson";

/** One file for each kind of record, one JSON value a line. */
export async function writeEvidence(evidence: Evidence, directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  for (const [name, value] of Object.entries(evidence)) {
    const records: readonly unknown[] = Array.isArray(value) ? value : [value];
    const lines = records.map((record) => `${JSON.stringify(record)}\n`);
    await writeFile(join(directory, `${name}${ENDING}`), lines.join(""));
  }
}

/** @throws ZodError, or the file system's error, if a file is not in the format of `writeEvidence`. */
export async function readEvidence<Run extends BaseRun>(
  directory: string,
  schema: z.ZodType<Run>,
): Promise<Evidence<Run>> {
  const files = (await readdir(directory)).filter((file) => file.endsWith(ENDING));
  const read = async (file: string): Promise<[string, unknown[]]> => {
    const lines = (await readFile(join(directory, file), "utf8")).split("\n").filter((line) => line !== "");
    return [basename(file, ENDING), lines.map((line) => JSON.parse(line))];
  };
  const { run = [], ...records } = Object.fromEntries(await Promise.all(files.map(read)));
  return { ...recordsSchema.parse(records), run: schema.parse(run[0]) };
}
