/** Limits a plan to the size of one response. */
import type { PlanText } from "./plan.ts";

/**
 * A Lambda response has at most 6 MB, with every quote escaped once more by the gateway. Without this limit, a plan with very long names
 * could be stored and never shown. 5,000 names of a hundred characters are half a megabyte.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const MAX_PLAN_BYTES = 2_500_000;
const MAX_SKIPPED_BYTES = 1_000_000;
/** Of a list of streams that are live: about 15,000 rows of usual length. */
export const MAX_LIVE_BYTES = 3_000_000;

const quotedBytes = (json: string): number => Buffer.byteLength(JSON.stringify(json));

export const isTooLong = ({ parts }: Pick<PlanText, "parts">): boolean =>
  parts.reduce((bytes, part) => bytes + quotedBytes(part), 0) > MAX_PLAN_BYTES;

export const TOO_LONG = "is too long for one response: make several plans, with fewer streams or a narrower selector";

/** The first rows, as many as fit into one response. @param most - in bytes; the default leaves room for a plan. */
export function fitting<Row>(rows: readonly Row[], most = MAX_SKIPPED_BYTES): readonly Row[] {
  let bytes = 0;
  const over = rows.findIndex((each) => {
    bytes += quotedBytes(JSON.stringify(each));
    return bytes > most;
  });
  return over < 0 ? rows : rows.slice(0, over);
}
