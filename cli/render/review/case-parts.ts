/** The contents of the sections of a case, as lines that fit. */
import { escapeInvisible } from "../../../lib/core/escape-invisible.ts";
import type { ReviewCase } from "../../../lib/operator/contract/response-schema.ts";
import { secondOf, secondsText, untilText } from "../../terminal/duration.ts";
import type { Out } from "../../terminal/output.ts";
import { cutTo, padTo } from "../../terminal/width.ts";
import { wrapText } from "../../terminal/wrap.ts";
import { ageText } from "./list.ts";
import { personText } from "./parts.ts";
import { BAR, quote } from "./quote.ts";

export interface Layout {
  readonly width: number;
  readonly paint: Out["paint"];
  readonly now: Date;
}

export function liveText(live: ReviewCase["live"], { width, paint, now }: Layout): string[] {
  if (!live) return [];
  const { state, since, clientAddress, why } = live;
  if (state !== "live") {
    const text = why === undefined ? escapeInvisible(state) : escapeInvisible(why);
    if (state === "not-listed") return wrapText(text, width);
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
  return `${escapeInvisible(action)}${untilText(resumeTime)} (${escapeInvisible(because)})`;
}

/** As text behind the bar. Nothing here is a link of the terminal, and nothing is fetched. */
export const evidenceText = (evidence: ReviewCase["evidence"] = [], width: number): string[] =>
  evidence.flatMap(({ url, sha256 }) => {
    if (sha256 === undefined) return [...quote(url, width), `${BAR}without a hash`];
    const named = quote(`sha256 ${sha256}`, width);
    return [...quote(url, width), ...(named.length === 1 ? named : quote(sha256, width))]; // on 80 columns, 64 digits fit
  });

const CATEGORY = 11;

export const reportsText = (reports: ReviewCase["reports"] = [], width: number): string[] =>
  reports.map(({ key, category, score, ageMinutes, outcome, verdict }) => {
    const facts = [
      padTo(escapeInvisible(category), CATEGORY),
      padTo(score === undefined ? "" : `${score}`.slice(0, 4), 5),
      padTo(ageText(ageMinutes), 16),
      padTo(escapeInvisible(verdict ?? outcome ?? ""), 11),
    ];
    return cutTo(`${facts.join("")}${escapeInvisible(key)}`, width);
  });

export const ordersText = (orders: ReviewCase["orders"] = [], { width, now }: Layout): string[] =>
  orders.flatMap(({ number, action, outcome, placedAt, by, orderId, resumeTime, reason, reverses }) => {
    const ended = escapeInvisible(outcome ?? "in progress");
    const granted = reverses === undefined ? "" : `, an appeal against order ${reverses} was granted`;
    const head = `${number}  ${escapeInvisible(action)}${untilText(resumeTime)}${granted}, ${ended}, ${agoText(placedAt, now)} ago`;
    const id = orderId === undefined ? "" : `, ${escapeInvisible(orderId)}`; // by names the rule and the report of a rule's order
    const rest = [...wrapText(`by ${personText(by)}${id}`, width - 3), ...quote(reason, width - 3)];
    return [...wrapText(head, width), ...rest.map((line) => `   ${line}`)];
  });

export const notesText = (notes: ReviewCase["notes"], layout: Layout): string[] =>
  notes.flatMap(({ by, at, text }) => remarkText(personText(by), { at, reason: text }, layout));

export const remarkText = (
  head: string,
  { at, reason }: { readonly at: string; readonly reason: string },
  { width, now }: Layout,
): string[] => [...wrapText(`${head}, ${agoText(at, now)} ago`, width), ...quote(reason, width)];

/** A verdict that stands, or one that was taken back. */
export function verdictText(
  verdict: NonNullable<ReviewCase["verdict"]> & Pick<ReviewCase["earlierVerdicts"][number], "takenBack">,
  layout: Layout,
): string[] {
  const { action, resumeTime, orderId, takenBack } = verdict;
  const did = action === undefined ? "" : ` (${escapeInvisible(action)}${untilText(resumeTime)})`;
  return [
    ...remarkText(`${escapeInvisible(verdict.verdict)}${did} by ${personText(verdict.by)}`, verdict, layout),
    ...(orderId === undefined ? [] : wrapText(`order ${escapeInvisible(orderId)}`, layout.width)),
    ...(takenBack ? remarkText(`taken back by ${personText(takenBack.by)}`, takenBack, layout) : []),
  ];
}
