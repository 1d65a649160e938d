/** Judges the mode, frozen sources, waiting reviews and alarm subscribers. Pure. */

import type { ModeRecord } from "../../safeguards/mode.ts";
import { failed, type Judged, ok, warning } from "./check-result.ts";

export function judgeMode({ mode, changedAt, changedBy }: ModeRecord): Judged {
  const since = changedAt === undefined ? "" : ` since ${changedAt}, by ${changedBy ?? "unknown"}`;
  if (mode === "enforce") return ok(`enforce${since}: rules act.`);
  return warning(
    `observe${since || ", as deployed"}: decisions are recorded, and no rule acts.`,
    "`offair mode enforce --reason …`",
  );
}

export function judgeFrozen({ frozen = {} }: ModeRecord): Judged {
  const sources = Object.entries(frozen);
  if (sources.length === 0) return ok("None.");
  return warning(
    `${sources.map(([source, { changedAt }]) => `${source} since ${changedAt}`).join(", ")}: their reports cause no action.`,
    "When a source works correctly again: `offair mode unfreeze SOURCE --reason …`",
  );
}

/** @param page - cases that wait, the one that is due first at the top. */
export function judgeReviews(
  { records, next }: { readonly records: readonly { readonly dueAt?: string }[]; readonly next?: string },
  now: Date,
): Judged {
  const [first] = records;
  if (!first) return ok("No report waits for a person.");
  const more = next === undefined ? "" : " or more";
  const waiting = `${records.length}${more} ${records.length === 1 && more === "" ? "report waits" : "reports wait"} for a person`;
  const overdue = records.filter(({ dueAt = "" }) => Date.parse(dueAt) <= now.getTime()).length;
  const remedy = "`offair review`, then `offair review approve` or `reject`.";
  if (overdue > 0) return failed(`${waiting}. The time of ${overdue} is over, since ${first.dueAt}.`, remedy);
  return warning(`${waiting}, the first until ${first.dueAt}.`, remedy);
}

export interface Subscriber {
  readonly protocol: string;
  /** False: the link that SNS sent was not opened. */
  readonly confirmed: boolean;
}

export function judgeSubscribers(subscribers: readonly Subscriber[]): Judged {
  const confirmed = subscribers.filter((subscriber) => subscriber.confirmed);
  const pending = subscribers.length - confirmed.length;
  const waiting = pending === 0 ? "" : `${pending} not confirmed.`;
  const follow =
    "Open the link in the mail that SNS sent to the address. It is valid for two days; after that, subscribe again.";
  if (subscribers.length === 0) {
    return failed(
      "Nobody is notified of alarms: the topic has no subscribers.",
      "Deploy with the parameter alertsEmail, or subscribe your paging service to the topic offair-<stage>-alerts.",
    );
  }
  if (confirmed.length === 0) return failed(`Nobody is notified of alarms: ${waiting}`, follow);
  const says = `${confirmed.length} confirmed (${[...new Set(confirmed.map(({ protocol }) => protocol))].sort().join(", ")}).`;
  return pending === 0 ? ok(says) : warning(`${says} ${waiting}`, follow);
}
