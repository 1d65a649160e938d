/**
 * `replay-events`: asks to send the events of a time to a subscriber again, those that were given up too. The sweeps carry it out in parts. What
 * was not delivered yet is not a replay's: it is delivered in its order anyway.
 */
import { DAY_MS } from "../../core/time.ts";
import { LOG_DAYS } from "../../notify/stores.ts";
import type { RequestAttempt } from "../actions/attempt.ts";
import type { EventOf } from "../contract/request.ts";
import { refused } from "../contract/response.ts";
import type { OperatorResponse } from "../contract/response-schema.ts";
import { countEvents } from "./count-events.ts";
import { type EventDeps, isSubscriber, NO_SUBSCRIBER } from "./deps.ts";

export async function replayEvents(
  event: EventOf<"replay-events">,
  deps: EventDeps & { readonly attempt: RequestAttempt },
): Promise<OperatorResponse> {
  const { id, subscriber, since, dryRun, reason, requestedBy: by } = event;
  const { store, attempt } = deps;
  const askedAt = attempt.at.toISOString();
  if (!isSubscriber(subscriber, deps)) return refused([NO_SUBSCRIBER]);
  const oldest = new Date(attempt.at.getTime() - LOG_DAYS * DAY_MS).toISOString();
  if (since < oldest) return refused([{ pointer: "/since", message: TOO_OLD(oldest) }]);
  if (since >= askedAt) return refused([{ pointer: "/since", message: "is in the future" }]);
  const ended = (await store.readSubscriber(subscriber))?.state.ended;
  if (ended) return refused([{ pointer: "/subscriber", message: IS_ENDED(ended.at) }]);
  const until = event.until !== undefined && event.until < askedAt ? event.until : askedAt;
  const replay = { subscriber, since, until };
  if (dryRun || id === undefined) {
    return { ok: true, results: [], errors: [], dryRun, replay: { ...replay, ...(await countEvents(replay, deps)) } };
  }
  await store.addReplay({ ...replay, id, by, askedAt, reason });
  return { ok: true, results: [], errors: [], dryRun, replay };
}

const TOO_OLD = (oldest: string): string =>
  `is before the log of events begins, which has the last ${LOG_DAYS} days (since ${oldest}): earlier events are in the archive (offair events list --bundle)`;
const IS_ENDED = (at: string): string =>
  `ended at ${at}, and nothing is sent to it: resume it, which also sends what it missed (offair events resume)`;
