/** Parses Live's statistics of one stream's pushes: frame rates and bitrates per second, in one list for each uninterrupted part. */
import * as z from "zod";
import { OffairError } from "../../core/errors.ts";
import { formatIssues, issuesOf } from "../../core/issues.ts";
import { SECOND_MS } from "../../core/time.ts";
import type { LiveResponse } from "./parse-response.ts";

/** From the first to the last second with data, by Live's clock. */
export interface PushPeriod {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A query spans less than an hour. */
const MAX_VALUES = 4_000;

const detailSchema = z.object({
  start_time: z.iso.datetime({ offset: true }),
  data_list: z.array(z.number()).max(MAX_VALUES),
});
const detailsSchema = z.array(detailSchema).max(MAX_VALUES).nullish();

const responseSchema = z.object({
  video_framerate: detailsSchema,
  video_bitrate: detailsSchema,
  audio_framerate: detailsSchema,
});

/**
 * One list of periods for each of the three statistics, because they may differ: a push may have sound alone. A second with the value 0 is a
 * second without data. Huawei's examples disagree on whether `end_time` is inclusive, so it is not used.
 *
 * @throws OffairError `ERR_LIVE_ANSWER` naming the invalid fields.
 */
export function readPushPeriods({ status, body, requestId }: LiveResponse): PushPeriod[][] {
  const { data, error } = responseSchema.safeParse(status === 200 ? body : undefined);
  if (error) {
    const issues = formatIssues(issuesOf(error).slice(0, 5));
    throw new OffairError("ERR_LIVE_ANSWER", `statistics answered with ${status} are not as documented: ${issues}`, {
      ...{ requestId, status },
    });
  }
  const statistics = [data.video_framerate, data.video_bitrate, data.audio_framerate];
  return statistics.map((details) => (details ?? []).flatMap(periodsOf)).filter((periods) => periods.length > 0);
}

function periodsOf({ start_time, data_list }: z.infer<typeof detailSchema>): PushPeriod[] {
  const startMs = Date.parse(start_time);
  const periods: { fromMs: number; toMs: number }[] = [];
  let before = 0;
  for (const [second, value] of data_list.entries()) {
    const atMs = startMs + second * SECOND_MS;
    const last = periods.at(-1);
    if (value > 0 && before > 0 && last) last.toMs = atMs;
    else if (value > 0) periods.push({ fromMs: atMs, toMs: atMs });
    before = value;
  }
  return periods;
}
