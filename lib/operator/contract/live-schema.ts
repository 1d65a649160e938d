/** The streams that are live now, as a response has them. */
import * as z from "zod";
import type { SkippedBecause } from "../../plans/selector.ts";
import { count, optionalText, stream, text, word } from "./field-schemas.ts";

const liveRow = stream.extend({
  clientAddress: optionalText,
  startTime: optionalText,
  /** Why a plan would leave it out, as far as the list and the policy say. */
  leftOut: word<SkippedBecause>().exactOptional(),
});

export const live = z.looseObject({
  /** Newest first; those without a known start come first. Live lists a new push after two to four minutes. */
  rows: z.array(liveRow),
  /** Live streams that were read: more than `rows`, if a selector chose some of them, or the response is truncated. */
  count,
  /** When reading began. */
  readAt: text,
});
