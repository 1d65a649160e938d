/**
 * An answer for people. What others wrote (names, reasons) ends its line each: letters that are written from the right would turn round
 * what comes after them.
 */

import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import { formatStream } from "../../lib/core/stream.ts";
import type { OffPeriod } from "../../lib/evidence/history/off-period.ts";
import type { Out } from "../terminal/output.ts";

const TIME_WIDTH = 22;

/** `2026-03-14T09:00:00Z`: what is finer is in --json. */
const time = (instant: string | null): string => (instant === null ? "-" : `${instant.slice(0, 19)}Z`);

const ENDED: Record<NonNullable<OffPeriod["untilBy"]>, string> = {
  "resume-time": "it may push again at its resume time",
  enabled: "a person let it on",
  replaced: "an order of ours took its place",
  changed: "its resume time was changed",
  gone: "not listed any more, and not let on by us",
};

export function historyText(answer: OffPeriod, paint: Out["paint"]): string {
  const { from, fromBy, until, untilBy, endedBy, decidedBy, approvedBy, reason, listed, remarks, evidence } = answer;
  const begun = `${fromBy === "listed-before" ? "<" : ""}${time(from)}`;
  const head = `${begun.padEnd(TIME_WIDTH)}${time(until).padEnd(TIME_WIDTH)}${paint("bold", escapeInvisible(formatStream(answer)))}`;
  const details: [string, string | null][] = [
    ["by", decidedBy ?? paint("yellow", "not by us: no order of ours explains it")],
    ["approved by", approvedBy],
    ["because", reason],
    ["report", reportOf(answer)],
    ["policy", answer.policy],
    ["order", orderOf(answer)],
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
  ].join("\n");
}

function reportOf({ category, source, grade, cause }: OffPeriod): string | null {
  const words = [category, source && `source ${source}`, grade && `grade ${grade}`, cause].filter((word) => word);
  return words.length === 0 ? null : words.join(", ");
}

const orderOf = ({ order, outcome }: OffPeriod): string | null =>
  order === null ? null : `number ${order}, ${outcome ?? "without an outcome yet"}`;
