/** The options of a flood, how it was set up, and when its parts ended. */
import * as z from "zod";
import { seedOption, wholeNumber } from "../../kit/arguments.ts";
import { runSchema } from "../evidence.ts";

/** With fewer there is too little for a limit to hold back. */
const MIN_STREAMS = 50;

export const floodOptions = z
  .object({
    reports: wholeNumber(MIN_STREAMS, 20_000, 10_000, `forged reports, validly signed, ${MIN_STREAMS} to 20000`),
    streams: wholeNumber(MIN_STREAMS, 20_000, 9_000, `live streams, each reported at least once, from ${MIN_STREAMS}`),
    seconds: wholeNumber(1, 3_600, 60, "time over which they are posted; a slower machine takes longer"),
    seed: seedOption(1),
    "without-limits": z.boolean().default(false).describe("with a policy that has no limits; must end in 1"),
  })
  .refine(({ streams, reports }) => streams <= reports, {
    path: ["streams"],
    error: "must not be more than the reports",
  });

const count = z.number();

export const floodSchema = runSchema.extend({
  ...{ reports: count, streams: count, seconds: count },
  /** When the last post was answered. */
  postedAt: z.string(),
  /** The policy's, for the source whose key was stolen. */
  limits: z.object({ perSource: count, total: count, shareOfLive: count, atLeast: count }),
});
export type Flood = z.output<typeof floodSchema>;
