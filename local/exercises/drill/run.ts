/** The options of a drill, and the record of its setup and plans. */
import * as z from "zod";
import { streamSchema } from "../../../lib/core/stream.ts";
import { seedOption, wholeNumber } from "../../kit/arguments.ts";
import { runSchema } from "../evidence.ts";

/** With fewer streams no second person would have to approve, and no kill would hit work in progress. */
const MIN_STREAMS = 40;
const KILLS = "kills the applying function, a worker and the terminal; a second batch is undone while it runs";

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
    latency: wholeNumber(0, 1_000, 0, "Live's latency in milliseconds, 0 to 1000"),
    kill: z.boolean().default(false).describe(KILLS),
  })
  .refine(({ streams, live }) => streams <= live / 10, {
    path: ["streams"],
    error: "must not exceed a tenth of the live streams",
  });
export type DrillOptions = z.output<typeof drillOptions>;

export const drillSchema = runSchema.extend({
  ...{ live: z.number(), streams: z.number(), kill: z.boolean() },
  /** Disables that the worker may send: the configured share of Live's quota. */
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
});
export type Drill = z.output<typeof drillSchema>;

/** Names of the recorded states of Live. */
export const AFTER_APPLY = "after apply";
export const AFTER_UNDO = "after undo";
export const AFTER_SECOND_UNDO = "after the second undo";
