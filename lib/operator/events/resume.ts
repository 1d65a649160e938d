/**
 * `resume-subscriber`: makes a subscription that ended active again, and asks for what it missed. The request for what was missed is stored
 * first: it waits while the subscription is ended, so that an interruption between the two writes loses nothing.
 */
import { CLOCK_MARGIN_MS, MINUTE_MS } from "../../core/time.ts";
import type { Replay, SubscriberState } from "../../notify/stores.ts";
import type { RequestAttempt } from "../actions/attempt.ts";
import type { EventOf } from "../contract/request.ts";
import { refused } from "../contract/response.ts";
import type { OperatorResponse } from "../contract/response-schema.ts";
import { type EventDeps, isSubscriber, NO_SUBSCRIBER } from "./deps.ts";

/** Covers events that are logged until the state is written: whoever delivers them may still know the subscription as ended. */
const UNTIL_ACTIVE_MS = MINUTE_MS + CLOCK_MARGIN_MS;

/** The delivery writes the state too, and rarely. */
const TRIES = 5;

export async function resumeSubscriber(
  event: EventOf<"resume-subscriber">,
  deps: EventDeps & { readonly attempt: RequestAttempt },
): Promise<OperatorResponse> {
  const { id, subscriber: name, reason, requestedBy: by, dryRun } = event;
  const { store, attempt, wake } = deps;
  const at = attempt.at.toISOString();
  if (!isSubscriber(name, deps)) return refused([NO_SUBSCRIBER]);
  for (let tries = 0; tries < TRIES; tries++) {
    const { state, revision } = (await store.readSubscriber(name)) ?? {};
    if (state && !state.ended && isOurs(state.resumed, { at, by })) return done(dryRun);
    if (!state?.ended) return refused([NOT_ENDED]);
    const { missedSince: since } = state.ended;
    const until = new Date(attempt.at.getTime() + UNTIL_ACTIVE_MS).toISOString();
    const missed = { subscriber: name, what: "missed", since, until } as const;
    if (dryRun || id === undefined) return done(dryRun, missed);
    const replay: Replay = { ...missed, id, by, askedAt: at, reason };
    await store.addReplay(replay);
    const { ended: _, backOff: __, ...rest } = state;
    if (await store.replaceSubscriber({ ...rest, resumed: { at, by, reason } }, revision)) {
      await wake(replay);
      return done(dryRun, missed);
    }
  }
  return refused([BUSY]);
}

/** An earlier attempt of this request was interrupted after its last write. */
const isOurs = (resumed: SubscriberState["resumed"], { at, by }: { readonly at: string; readonly by: string }) =>
  resumed?.at === at && resumed.by === by;

const done = (dryRun: boolean, replay?: OperatorResponse["replay"]): OperatorResponse => ({
  ...{ ok: true, results: [], errors: [], dryRun },
  ...(replay && { replay }),
});

const NOT_ENDED = {
  pointer: "/subscriber",
  message: "has not ended: nothing was done. To send events again: offair events replay",
};
const BUSY = { pointer: "", message: "the subscriber's state changes too often at the moment: try again" };
