/** The numbers of an audit on cases that wait for a person: which due times were met and missed, by source. Its manifest stores them. */
import * as z from "zod";
import { boundedArray } from "./bounded-array.ts";

/** The sources with the most cases are stored by name. The totals count all of them. */
export const MAX_SOURCES = 20;

const count = z.number().int().min(0);
const numbers = {
  /** Cases with a first verdict in this audit's export: at or before its due time, and after it. */
  inTime: count,
  late: count,
  /** Cases without a verdict, and those of them whose due time is over. */
  open: count,
  missed: count,
  /** Since when the oldest case without a verdict waits; absent if none waits. */
  oldest: z.iso.datetime().exactOptional(),
};
const ofSourceSchema = z.object({ source: z.string().max(256), ...numbers });
export type ReviewsOfSource = Readonly<z.infer<typeof ofSourceSchema>>;

export const reviewFiguresSchema = z.object({
  /** When the cases without a verdict were read. */
  at: z.iso.datetime(),
  ...numbers,
  /** More cases wait than were read: `open` is at least as high, and `missed` too if all that were read are missed. */
  isPartial: z.literal(true).exactOptional(),
  sources: boundedArray(ofSourceSchema, MAX_SOURCES),
});
export type ReviewFigures = Readonly<z.infer<typeof reviewFiguresSchema>>;
