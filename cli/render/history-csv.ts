/** The columns of a period in a spreadsheet. */
import { NOT_BY_OFFAIR } from "../../lib/archive/attribution.ts";
import type { OffPeriod } from "../../lib/evidence/history/off-period.ts";
import { type Column, column, plainColumn } from "./columns.ts";

export const HISTORY_CSV: readonly Column<OffPeriod>[] = [
  column("domain", ({ domain }) => domain),
  column("app", ({ app }) => app),
  column("stream", ({ stream }) => stream),
  plainColumn("from", ({ from }) => from),
  column("from_by", ({ fromBy }) => fromBy),
  plainColumn("until", ({ until }) => until),
  column("until_by", ({ untilBy }) => untilBy),
  column("ended_by", ({ endedBy }) => endedBy?.by ?? null),
  column("ended_because", ({ endedBy }) => endedBy?.reason ?? null),
  column("by", ({ by, unattributed }) => unattributed ?? by ?? NOT_BY_OFFAIR),
  column("decided_by", ({ decidedBy }) => decidedBy),
  column("approved_by", ({ approvedBy }) => approvedBy),
  column("reason", ({ reason }) => reason),
  column("category", ({ category }) => category),
  column("rule", ({ rule }) => rule),
  plainColumn("policy", ({ policy }) => policy),
  column("source", ({ source }) => source),
  column("grade", ({ grade }) => grade),
  column("cause", ({ cause }) => cause),
  plainColumn("review_due", ({ review }) => review?.dueAt ?? null),
  plainColumn("review_decided", ({ review }) => review?.decidedAt ?? null),
  column("review_deadline", ({ review }) => review?.state ?? null),
  column("order", ({ order }) => order),
  column("outcome", ({ outcome }) => outcome),
  plainColumn("listed_first", ({ listed }) => listed?.first ?? null),
  plainColumn("listed_last", ({ listed }) => listed?.last ?? null),
  column("listed_times", ({ listed }) => listed?.times ?? 0),
  column("remarks", ({ remarks }) => remarks.join("; ")),
  column("evidence", ({ evidence }) => evidence.objects.join(" ")),
  column("reported", ({ evidence }) => evidence.reported.map(({ url }) => url).join(" ")),
];
