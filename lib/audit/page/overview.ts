/** What the audit comes to, before all that it rests on: three or four sentences, and five numbers. */
import { withinSeconds } from "../../archive/figures.ts";
import { counted, type Html, html, number, time } from "./html.ts";
import type { HistoryPoint, PageModel } from "./model.ts";
import { durationText, timesOf } from "./time-to-off.ts";
import { driftTotal, verdicts } from "./verdict.ts";

export function overview(model: PageModel, points: readonly HistoryPoint[]): Html {
  const { domains, findings } = model;
  const times = timesOf(points);
  const reports = times.reduce((sum, count) => sum + count, 0);
  const total = driftTotal(model);
  const known = domains.reduce((sum, { count }) => sum + count, 0);
  const tiles: readonly [string, string, string][] = [
    [
      "Disabled streams",
      number(known),
      domains.every(({ complete }) => complete)
        ? `in ${counted(domains.length, "domain")}`
        : "at least: a list is incomplete",
    ],
    ["Newly disabled", findings?.diff ? number(findings.diff.disabled) : "–", "since the last complete lists"],
    ["Enabled again", findings?.diff ? number(findings.diff.enabled) : "–", "since the last complete lists"],
    [
      "Drift",
      total === undefined ? "–" : number(total),
      findings?.drift ? `and ${number(findings.drift.expiring)} expiring soon` : "not compared",
    ],
    [
      "Time to off",
      durationText(withinSeconds(times, 0.5)),
      reports === 0
        ? "no report took a stream off in the time shown"
        : `half of ${counted(reports, "report")} in the time shown; 95 %: ${durationText(withinSeconds(times, 0.95))}`,
    ],
  ];
  return html`<ul class="verdict">${verdicts(model, points).map(({ tone, word, text }) => html`<li class="${tone}"><b>${word}</b> <span>${text}</span></li>`)}</ul>
<dl class="tiles">${tiles.map(([term, value, note]) => html`<div><dt>${term}</dt><dd>${value} <small>${note}</small></dd></div>`)}</dl>`;
}

export const facts = (rows: readonly (readonly [string, Html])[]): Html =>
  html`<dl class="facts">${rows.map(([term, value]) => html`<dt>${term}</dt><dd>${value}</dd>`)}</dl>`;

export const auditFacts = ({ slot, scheduled, writtenAt, policy, build }: PageModel): Html =>
  facts([
    ["Slot", html`${time(slot)}, ${scheduled ? "of the schedule" : "asked for by a person"}`],
    ["Written", time(writtenAt)],
    ["Policy", html`<code>${policy}</code>`],
    ["Build", html`<code>${build}</code>`],
  ]);
