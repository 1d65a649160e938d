/**
 * Renders a period as text. Names and reasons, which other people wrote, are always last on their line: right-to-left letters would
 * otherwise reorder the text after them.
 */

import { NOT_BY_OFFAIR } from "../../lib/archive/attribution.ts";
import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import { formatStream } from "../../lib/core/stream.ts";
import type { OffPeriod } from "../../lib/evidence/history/off-period.ts";
import type { Review } from "../../lib/evidence/history/reviews.ts";
import type { Out } from "../terminal/output.ts";

const TIME_WIDTH = 22;

/** `2026-03-14T09:00:00Z`; `--json` has milliseconds. */
const time = (instant: string | null): string => (instant === null ? "-" : `${instant.slice(0, 19)}Z`);

const ENDED: Record<NonNullable<OffPeriod["untilBy"]>, string> = {
  "resume-time": "it may be pushed again at its resume time",
  enabled: "it was enabled again",
  replaced: "a later order replaced it",
  changed: "its resume time was changed",
  gone: "no longer listed, and not enabled by offair",
  unknown: "no longer listed, and offair may have enabled it",
};

export function historyText(period: OffPeriod, paint: Out["paint"]): string[] {
  const { from, fromBy, until, untilBy, endedBy, decidedBy, approvedBy, reason, listed, remarks, evidence } = period;
  const begun = `${fromBy === "listed-before" ? "<" : ""}${time(from)}`;
  const head = `${begun.padEnd(TIME_WIDTH)}${time(until).padEnd(TIME_WIDTH)}${paint("bold", escapeInvisible(formatStream(period)))}`;
  const details: [string, string | null][] = [
    ["by", decidedBy ?? paint("yellow", period.unattributed ?? `${NOT_BY_OFFAIR}: no offair order explains it`)],
    ["approved by", approvedBy],
    ["because", reason],
    ["report", reportOf(period)],
    ["review", period.review && `${DEADLINES[period.review.state]}: ${deadlineText(period.review)}`],
    ["policy", period.policy],
    ["order", orderOf(period)],
    ["ended", untilBy === null ? "no end is known" : ENDED[untilBy]],
    ["ended by", endedBy && `order ${endedBy.order} of ${endedBy.by}`],
    ["because", endedBy?.reason ?? null],
    ["listed", listed && `${listed.times} times, from ${time(listed.first)} until ${time(listed.last)}`],
    ...remarks.map((remark): [string, string] => ["but", remark]),
    ...evidence.objects.map((object): [string, string] => ["evidence", object]),
    ...evidence.reported.map(({ url, sha256 }): [string, string] => [
      "reported",
      sha256 === undefined ? url : `sha256 ${sha256}  ${url}`,
    ]),
  ];
  const lines = details.filter(([, value]) => value !== null);
  return [
    head,
    ...lines.map(
      ([name, value]) =>
        `  ${name.padEnd(12)}${decidedBy === null && name === "by" ? value : escapeInvisible(value ?? "")}`,
    ),
  ];
}

const DEADLINES: Record<Review["state"], string> = {
  "in-time": "in time",
  late: "late",
  missed: "missed",
  open: "open",
};

const deadlineText = ({ dueAt, decidedAt }: { readonly dueAt: string; readonly decidedAt?: string | null }): string =>
  `due ${time(dueAt)}, ${decidedAt ? `first verdict ${time(decidedAt)}` : "no verdict"}`;

/** The head of the lines of `reviewText`. */
export const REVIEW_HEAD: string = `${"DUE".padEnd(TIME_WIDTH)}${"REVIEW".padEnd(9)}${"FIRST VERDICT".padEnd(TIME_WIDTH)}CASE AND STREAM`;

/** A case that waited for a person, as a line and its details. */
export function reviewText(review: Review, paint: Out["paint"]): string[] {
  const { state, key, decidedBy, verdict, decidedAt, knownUntil, object } = review;
  const label = DEADLINES[state].padEnd(9);
  const shown = state === "late" || state === "missed" ? paint("yellow", label) : label;
  const appeal = review.appealOf === null ? "" : `appeal against order ${review.appealOf}, `;
  const names = `${appeal}${paint("bold", escapeInvisible(`${key}, ${formatStream(review)}`))}`;
  const noVerdict = `no verdict until ${time(knownUntil)}`;
  return [
    `${time(review.dueAt).padEnd(TIME_WIDTH)}${shown}${time(decidedAt).padEnd(TIME_WIDTH)}${names}`,
    `  ${decidedAt === null ? noVerdict : escapeInvisible(`${verdict ?? "decided"} by ${decidedBy ?? "nobody named"}`)}`,
    `  ${"evidence".padEnd(12)}${escapeInvisible(object)}`,
  ];
}

function reportOf({ category, source, grade, cause }: OffPeriod): string | null {
  const words = [category, source && `source ${source}`, grade && `grade ${grade}`, cause].filter((word) => word);
  return words.length === 0 ? null : words.join(", ");
}

const orderOf = ({ order, outcome }: OffPeriod): string | null =>
  order === null ? null : `number ${order}, ${outcome ?? "without an outcome yet"}`;
