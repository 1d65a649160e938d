/** Judges the delivery of events: the outbox, and each subscriber. Pure; the time is an argument. */
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../core/time.ts";
import type { SubscriberRow } from "../contract/response-schema.ts";
import { WHY_ENDED } from "../contract/why-ended.ts";
import { agoOf, failed, type Judged, ok, warning } from "./check-result.ts";

/** What is owed leaves within a minute; what is due for longer, nobody delivers. */
export const OVERDUE_MS = 5 * MINUTE_MS;

/** Enough to know that nothing is delivered. */
export const MAX_DUE = 100;

/** @param due - the first `MAX_DUE` that have been due for `OVERDUE_MS`. Replays stay due until they are finished. */
export function judgeOutbox(due: readonly { readonly kind: string }[]): Judged {
  const count = due.filter(({ kind }) => kind !== "replay").length;
  if (count === 0) return ok("Nothing waits longer than it should.");
  const more = due.length === MAX_DUE;
  return failed(
    `${count}${more ? " or more" : ""} ${count === 1 && !more ? "item has" : "items have"} been due for more than 5 min: events are not delivered.`,
    "Nothing is lost, and everything is delivered later. See the log of the notify function (lines with the level ERROR) and the alarm notify-missing in docs/errors.md.",
  );
}

/** From then on, somebody should look why. Before, a restart of the receiver is enough of an explanation. */
const FAILING_LONG_MS = HOUR_MS;
/** Events that were given up earlier were seen, or never will be. */
const GIVEN_UP_RECENTLY_MS = 7 * DAY_MS;

/** @param row - undefined: nothing is stored of it yet. */
export function judgeSubscriber(row: SubscriberRow | undefined, now: Date): Judged {
  if (!row) return ok("Nothing was sent to it yet.");
  const { name, ended, backOff, lastDeliveredAt, failing, oldestFailingSince, problem, givenUp, lastGivenUpAt } = row;
  const list = `\`offair events list --subscriber ${name}\``;
  if (ended) {
    return failed(
      `Its subscription ended ${agoOf(new Date(ended.at), now)}: ${WHY_ENDED[ended.because] ?? ended.because}. Events since ${ended.missedSince} are missing there.`,
      `Repair the receiver, then \`offair events resume --subscriber ${name} --reason …\`: it gets what it missed, in order. Or remove it from the policy.`,
    );
  }
  const since = row.state === "backing-off" ? backOff?.since : oldestFailingSince;
  const isLong = since !== undefined && now.getTime() - Date.parse(since) > FAILING_LONG_MS;
  const remedy = `See ${list}, and the receiver's log. After three days of this the subscription ends.`;
  if (row.state === "backing-off" && since !== undefined) {
    return (isLong ? failed : warning)(`It has not taken an event since ${since}${problemText(problem)}.`, remedy);
  }
  if (failing > 0 && isLong) {
    return warning(
      `${failing} ${failing === 1 ? "stream's events fail" : "streams' events fail"}, the oldest since ${since}${problemText(problem)}.`,
      `See ${list}, and the receiver's log. An event that fails for three days is given up.`,
    );
  }
  if (lastGivenUpAt !== undefined && now.getTime() - Date.parse(lastGivenUpAt) <= GIVEN_UP_RECENTLY_MS) {
    return warning(
      `${givenUp} ${givenUp === 1 ? "event was" : "events were"} given up, the last one ${agoOf(new Date(lastGivenUpAt), now)}.`,
      `See ${list}. Once the receiver takes them: \`offair events replay --subscriber ${name} --since … --reason …\`.`,
    );
  }
  if (lastDeliveredAt === undefined) return ok("Nothing was sent to it yet.");
  return ok(`The last event was delivered ${agoOf(new Date(lastDeliveredAt), now)}.`);
}

const problemText = (problem: string | undefined): string => (problem === undefined ? "" : `: ${problem}`);
