/** Client of Live's statistics of pushes. Only the worker reads them, so only its bundle has this file. */
import * as z from "zod";
import { OffairError } from "../../core/errors.ts";
import { formatIssues, issuesOf } from "../../core/issues.ts";
import type { Stream } from "../../core/stream.ts";
import { SECOND_MS, toSecondsUtc } from "../../core/time.ts";
import type { LiveResponse } from "./parse-response.ts";
import type { Send } from "./send.ts";

/** From the first to the last second with data, by Live's clock. */
interface PushPeriod {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Every function rejects as `Send` does, and with `ERR_LIVE_ANSWER` for a response that is not as documented. */
export interface PushClient {
  /**
   * Reads when data of the stream's pushes arrived: one list of periods for each kind of data. The delay of these statistics is not documented.
   *
   * @param from - at most 7 days ago. @param to - at most a day later.
   * @param isComparable - called with Live's clock as the response shows it; if it returns false, the call rejects with `ERR_LIVE_ANSWER`.
   * @see ListSingleStreamDetail, `GET /v2/{project_id}/stats/stream-detail`; 10 calls a second a user.
   */
  pushPeriods(stream: Stream, from: Date, to: Date, isComparable?: (liveNow: Date) => boolean): Promise<PushPeriod[][]>;
}

export function createPushClient(send: Send): PushClient {
  return {
    async pushPeriods(stream, from, to, isComparable) {
      const query = Object.entries({
        ...{ publish_domain: stream.domain, app: stream.app, stream: stream.stream },
        ...{ start_time: toSecondsUtc(from), end_time: toSecondsUtc(to) },
      });
      const response = await send({ version: "v2", method: "GET", path: "/stats/stream-detail", query, stream });
      if (response.date && isComparable?.(response.date) === false) {
        const message = "not comparable: Live's clock may not be the one of the cut";
        throw new OffairError("ERR_LIVE_ANSWER", message, { status: response.status });
      }
      return readPushPeriods(response);
    },
  };
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
function readPushPeriods({ status, body, requestId }: LiveResponse): PushPeriod[][] {
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
