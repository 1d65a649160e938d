/** The types of events: the names of the catalogue in lib/events. */
export const EVENT_TYPES = [
  "stream.paused",
  "stream.disabled",
  "stream.enabled",
  "stream.republished",
  "stream.expiring",
  "report.decided",
  "case.opened",
  "case.due",
  "case.decided",
  "plan.awaiting-approval",
  "plan.applied",
  "plan.finished",
  "source.frozen",
  "audit.drift",
  "key.blocked",
] as const;
export type EventType = (typeof EVENT_TYPES)[number];
