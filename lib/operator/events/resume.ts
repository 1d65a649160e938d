/** `resume-subscriber`: makes a subscription that ended active again. The next sweep begins to deliver what it missed. */
import { resumeSubscriber as resumed } from "../../notify/subscriber-health.ts";
import type { RequestAttempt } from "../actions/attempt.ts";
import type { EventOf } from "../contract/request.ts";
import { refused } from "../contract/response.ts";
import type { OperatorResponse } from "../contract/response-schema.ts";
import { countEvents } from "./count-events.ts";
import { type EventDeps, isSubscriber, NO_SUBSCRIBER } from "./deps.ts";

/** The delivery writes the state too, and rarely. */
const TRIES = 5;

export async function resumeSubscriber(
  event: EventOf<"resume-subscriber">,
  deps: EventDeps & { readonly attempt: RequestAttempt },
): Promise<OperatorResponse> {
  const { subscriber: name, reason, requestedBy: by, dryRun } = event;
  const { store, attempt } = deps;
  const at = attempt.at.toISOString();
  if (!isSubscriber(name, deps)) return refused([NO_SUBSCRIBER]);
  for (let tries = 0; tries < TRIES; tries++) {
    const found = await store.readSubscriber(name);
    const { ended, resumed: last } = found?.state ?? {};
    // An earlier attempt of this request was interrupted after its write.
    if (!ended && last?.at === at && last.by === by) return { ok: true, results: [], errors: [], dryRun };
    if (!found || !ended) return refused([NOT_ENDED]);
    const replay = { subscriber: name, since: ended.missedSince, until: at } as const;
    if (dryRun) {
      return { ok: true, results: [], errors: [], dryRun, replay: { ...replay, ...(await countEvents(replay, deps)) } };
    }
    const state = resumed(found.state, { at: attempt.at, by, reason });
    if (!(await store.replaceSubscriber(state, found.revision))) continue;
    return { ok: true, results: [], errors: [], dryRun, replay };
  }
  return refused([BUSY]);
}

const NOT_ENDED = {
  pointer: "/subscriber",
  message: "has not ended: nothing was done. To send events again: offair events replay",
};
const BUSY = { pointer: "", message: "the subscriber's state changes too often at the moment: try again" };
