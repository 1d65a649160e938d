/** Client of Live's statistics of pushes. Only the worker reads them, so only its bundle has this file. */
import { OffairError } from "../../core/errors.ts";
import type { Stream } from "../../core/stream.ts";
import { toSecondsUtc } from "../../core/time.ts";
import { type PushPeriod, readPushPeriods } from "./push-periods.ts";
import type { Send } from "./send.ts";

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
