/** The contents of the sections of a case, as lines that fit. */
import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import type { ReviewCase } from "../../lib/operator/contract/response-schema.ts";
import { secondOf, secondsText } from "../terminal/duration.ts";
import type { Out } from "../terminal/output.ts";
import { cutTo, padTo } from "../terminal/width.ts";
import { wrapText } from "../terminal/wrap.ts";
import { BAR, quote } from "./quote.ts";
import { personText } from "./review-parts.ts";

export interface Layout {
  readonly width: number;
  readonly paint: Out["paint"];
  readonly now: Date;
}

export function liveText(live: ReviewCase["live"], { width, paint, now }: Layout): string[] {
  if (!live) return [];
  const { state, since, clientAddress, why } = live;
  if (state === "not-live") return ["nobody pushes it now"];
  if (state !== "live") {
    const text = `not known${why === undefined ? "" : `: ${escapeInvisible(why)}`}`;
    return wrapText(text, width).map((line) => paint("yellow", line));
  }
  const from = clientAddress === undefined ? "" : `, from ${escapeInvisible(clientAddress)}`;
  const ago = since === undefined ? "" : ` for ${agoText(since, now)}, since ${escapeInvisible(secondOf(since))}`;
  return wrapText(`LIVE${ago}${from}`, width).map((line) => paint("bold", line));
}

const agoText = (at: string, now: Date): string => {
  const seconds = (now.getTime() - Date.parse(at)) / 1_000;
  return Number.isFinite(seconds) ? secondsText(seconds) : "an unknown time";
};

export function heldText({ action, because, resumeTime }: NonNullable<ReviewCase["decision"]>): string {
  const until = resumeTime === undefined ? "" : ` until ${escapeInvisible(secondOf(resumeTime))}`;
  return `${escapeInvisible(action)}${until} (${escapeInvisible(because)})`;
}

/** As text behind the bar. Nothing here is a link of the terminal, and nothing is fetched. */
export const evidenceText = (evidence: ReviewCase["evidence"] = [], width: number): string[] =>
  evidence.flatMap(({ url, sha256 }) => [
    ...quote(url, width),
    ...(sha256 === undefined ? [`${BAR}  without a hash`] : quote(`  sha256 ${sha256}`, width)),
  ]);

const CATEGORY = 11;

export const reportsText = (reports: ReviewCase["reports"] = [], width: number): string[] =>
  reports.map(({ key, category, score, ageMinutes, outcome }) => {
    const facts = [
      padTo(escapeInvisible(category), CATEGORY),
      padTo(score === undefined ? "" : `${score}`.slice(0, 4), 5),
      padTo(`${secondsText(ageMinutes * 60)} ago`, 14),
      padTo(escapeInvisible(outcome ?? ""), 11),
    ];
    return cutTo(`${facts.join("")}${escapeInvisible(key)}`, width);
  });

export const ordersText = (orders: ReviewCase["orders"] = [], { width, now }: Layout): string[] =>
  orders.flatMap(({ number, action, outcome, placedAt, by, resumeTime, reason, orderId, report }) => {
    const until = resumeTime === undefined ? "" : ` until ${escapeInvisible(secondOf(resumeTime))}`;
    const ended = escapeInvisible(outcome ?? "in progress");
    const who = orderId === undefined ? escapeInvisible(by) : personText(by);
    return [
      ...wrapText(`${number}  ${escapeInvisible(action)}${until}, ${ended}, ${agoText(placedAt, now)} ago`, width),
      ...wrapText(`by ${who}${orderId === undefined ? "" : `, order ${escapeInvisible(orderId)}`}`, width - 3),
      ...(report === undefined || by.includes(report) ? [] : wrapText(`report ${escapeInvisible(report)}`, width - 3)),
      ...(orderId === undefined ? [] : quote(reason, width - 3)),
    ].map((line, index) => (index === 0 ? line : `   ${line}`));
  });

export const notesText = (notes: ReviewCase["notes"], layout: Layout): string[] =>
  notes.flatMap(({ by, at, text }) => remarkText(personText(by), { at, reason: text }, layout));

export const remarkText = (
  head: string,
  { at, reason }: { readonly at: string; readonly reason: string },
  { width, now }: Layout,
): string[] => [...wrapText(`${head}, ${agoText(at, now)} ago`, width), ...quote(reason, width)];

export function earlierText(earlier: ReviewCase["earlierVerdicts"][number], layout: Layout): string[] {
  const { verdict, by, action, takenBack } = earlier;
  const did = action === undefined ? "" : ` (${escapeInvisible(action)})`;
  return [
    ...remarkText(`${escapeInvisible(verdict)}${did} by ${personText(by)}`, earlier, layout),
    ...(takenBack ? remarkText(`taken back by ${personText(takenBack.by)}`, takenBack, layout) : []),
  ];
}
