/** Whether a stream is live now, by Live's list of live streams. Never fails: without an answer of Live, it is unknown. */
import { describeError, logWarn } from "../../core/log.ts";
import type { Stream } from "../../core/stream.ts";
import type { ListOnline } from "../../orders/live-lists.ts";
import { codeOf } from "../contract/response.ts";
import type { ReviewCase } from "../contract/response-schema.ts";

/** `not-listed` is no proof: Live lists a new push after two to four minutes (ListLiveStreamsOnline). */
export async function readLiveNow(
  { domain, app, stream }: Stream,
  listOnline: ListOnline,
): Promise<NonNullable<ReviewCase["live"]>> {
  try {
    let unreadable = 0;
    for await (const page of listOnline(domain, { app, stream })) {
      const row = page.rows.find((each) => each.app === app && each.stream === stream);
      if (row) {
        const { startTime, clientAddress } = row;
        return {
          state: "live",
          ...(startTime !== null && { since: startTime }),
          ...(clientAddress !== null && { clientAddress }),
        };
      }
      unreadable += page.unreadable?.length ?? 0;
    }
    if (unreadable > 0)
      return { state: "unknown", why: `Live's list has ${unreadable} rows that are not as documented` };
    return { state: "not-listed", why: "Live does not list it; a new push is listed after two to four minutes" };
  } catch (failure) {
    logWarn("operator.live-state-unknown", describeError(failure));
    return { state: "unknown", why: `Live could not be asked (${codeOf(failure)})` };
  }
}
