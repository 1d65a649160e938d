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

export function judgeReviews({ records, next }: { records: readonly { decidedAt: string }[]; next?: string }): Judged {
  const [oldest] = records;
  if (!oldest) return ok("No report waits for a person.");
  const more = next === undefined ? "" : " or more";
  return warning(
    `${records.length}${more} ${records.length === 1 && more === "" ? "report waits" : "reports wait"} for a person, the oldest since ${oldest.decidedAt}.`,
    "`offair review`, then `offair review approve` or `reject`.",
  );
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
