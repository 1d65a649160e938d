/** What is made of what people have set, of what waits for them, and of who is woken. Pure. */

import type { ModeRecord } from "../../safeguards/mode.ts";
import { failed, type Judged, ok, warning } from "./check-result.ts";

export function judgeMode({ mode, changedAt, changedBy }: ModeRecord): Judged {
  const since = changedAt === undefined ? "" : ` since ${changedAt}, by ${changedBy ?? "nobody known"}`;
  if (mode === "enforce") return ok(`enforce${since}: rules act.`);
  return warning(
    `observe${since || ", as deployed"}: it records only, and no rule acts.`,
    "`offair mode enforce --reason …`",
  );
}

export function judgeFrozen({ frozen = {} }: ModeRecord): Judged {
  const sources = Object.entries(frozen);
  if (sources.length === 0) return ok("None.");
  return warning(
    `${sources.map(([source, { changedAt }]) => `${source} since ${changedAt}`).join(", ")}: nothing acts on their word.`,
    "When a source is right again: `offair mode unfreeze SOURCE --reason …`",
  );
}

export function judgeReviews({ records, next }: { records: readonly { decidedAt: string }[]; next?: string }): Judged {
  const [oldest] = records;
  if (!oldest) return ok("Nothing waits for a person.");
  const more = next === undefined ? "" : " or more";
  return warning(
    `${records.length}${more} wait for a person, the oldest since ${oldest.decidedAt}.`,
    "`offair review`, then `offair review approve` or `reject`.",
  );
}

export interface Subscriber {
  readonly protocol: string;
  /** False: nobody has followed the link that SNS sent. */
  readonly confirmed: boolean;
}

export function judgeSubscribers(subscribers: readonly Subscriber[]): Judged {
  const confirmed = subscribers.filter((subscriber) => subscriber.confirmed);
  const pending = subscribers.length - confirmed.length;
  const waiting = pending === 0 ? "" : `${pending} not confirmed.`;
  const follow =
    "Follow the link in the mail that SNS sent to the address; it is good for two days, then subscribe again.";
  if (subscribers.length === 0) {
    return failed(
      "Nobody is told when an alarm goes off.",
      "Deploy with the parameter alertsEmail, or subscribe what pages you to the topic offair-<stage>-alerts.",
    );
  }
  if (confirmed.length === 0) return failed(`Nobody is told when an alarm goes off: ${waiting}`, follow);
  const says = `${confirmed.length} confirmed (${[...new Set(confirmed.map(({ protocol }) => protocol))].sort().join(", ")}).`;
  return pending === 0 ? ok(says) : warning(`${says} ${waiting}`, follow);
}
