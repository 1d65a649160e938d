/** The options of a drill, and the record of its setup and plans. */
import * as z from "zod";
import { streamSchema } from "../../../lib/core/stream.ts";
import { MOST_USERS } from "../../demo/huawei-users.ts";
import { seedOption, wholeNumber } from "../../kit/arguments.ts";
import { runSchema } from "../evidence.ts";

/** With fewer streams no second person would have to approve, and no kill would hit work in progress. */
const MIN_STREAMS = 40;
const KILLS = "kills the applying function, a worker and the terminal; a second batch is undone while it runs";

const ROTATES = "rotates the access keys of all Huawei users while the raid is taken off the air";

export const drillOptions = z
  .object({
    live: wholeNumber(400, 20_000, 8_000, "number of live streams, 400 to 20000"),
    streams: wholeNumber(
      MIN_STREAMS,
      2_000,
      500,
      `number of streams in the raid, ${MIN_STREAMS} to a tenth of the live ones`,
    ),
    seed: seedOption(1),
    users: wholeNumber(1, MOST_USERS, 1, `Huawei users that may write, 1 to ${MOST_USERS}`),
    latency: wholeNumber(0, 1_000, 0, "Live's latency in milliseconds, 0 to 1000"),
    kill: z.boolean().default(false).describe(KILLS),
    rotate: z.boolean().default(false).describe(ROTATES),
  })
  .refine(({ streams, live }) => streams <= live / 10, {
    path: ["streams"],
    error: "must not exceed a tenth of the live streams",
  });
export type DrillOptions = z.output<typeof drillOptions>;

const byUser = <T extends z.ZodType>(schema: T) => z.record(z.string(), schema);

/** Recorded at the end, if the keys were rotated. */
const rotationSchema = z.object({
  before: byUser(z.string()),
  after: byUser(z.string()),
  /** The keys of each user at Huawei. */
  keys: byUser(z.array(z.string())),
  /** The most keys that each user had at a time. */
  mostKeys: byUser(z.number()),
  /** Attempts that failed, and were repeated. */
  failures: z.array(z.string()),
});
export type DrillRotation = z.output<typeof rotationSchema>;

export const drillSchema = runSchema.extend({
  ...{ live: z.number(), streams: z.number(), users: z.number(), kill: z.boolean(), rotate: z.boolean() },
  /** Disables that all workers may send: the configured share of Live's quotas. */
  writesAMinute: z.number(),
  targets: z.array(streamSchema),
  /** Order ids of the plans, in the order in which they were made. */
  plans: z.object({
    off: z.string(),
    undo: z.string(),
    /** The second batch, and its undo while the batch ran. */
    offAgain: z.string().optional(),
    undoAgain: z.string().optional(),
  }),
  rotation: rotationSchema.optional(),
});
export type Drill = z.output<typeof drillSchema>;

/** Names of the recorded states of Live. */
export const AFTER_APPLY = "after apply";
export const AFTER_UNDO = "after undo";
export const AFTER_SECOND_UNDO = "after the second undo";
