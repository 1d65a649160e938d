/** The options of a flood, and the record of its setup and times. */
import * as z from "zod";
import { seedOption, wholeNumber } from "../../kit/arguments.ts";
import { runSchema } from "../evidence.ts";

/** With fewer streams no limit would be reached. */
const MIN_STREAMS = 50;

export const floodOptions = z
  .object({
    reports: wholeNumber(MIN_STREAMS, 20_000, 10_000, `forged reports, validly signed, ${MIN_STREAMS} to 20000`),
    streams: wholeNumber(MIN_STREAMS, 20_000, 9_000, `live streams, each reported at least once, from ${MIN_STREAMS}`),
    seconds: wholeNumber(1, 3_600, 60, "time over which they are posted; a slower machine takes longer"),
    seed: seedOption(1),
    "without-limits": z.boolean().default(false).describe("uses a policy without limits; must end with exit code 1"),
  })
  .refine(({ streams, reports }) => streams <= reports, {
    path: ["streams"],
    error: "must not exceed the number of reports",
  });

const count = z.number();

export const floodSchema = runSchema.extend({
  ...{ reports: count, streams: count, seconds: count },
  /** Time of the last answer to a post. */
  postedAt: z.string(),
  /** The policy's limits for the source whose key was stolen. */
  limits: z.object({ perSource: count, total: count, shareOfLive: count, atLeast: count }),
});
export type Flood = z.output<typeof floodSchema>;
