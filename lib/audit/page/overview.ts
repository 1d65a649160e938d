/** The overview at the top: headlines in a sentence each, and five numbers. A headline is `good` only if nothing is unknown. */
import { withinSeconds } from "../../archive/figures.ts";
import { DRIFT_KINDS } from "../../archive/manifest.ts";
import { durationText } from "./history.ts";
import { commaSeparated, counted, facts, type Html, html, name, number, sum, time } from "./html.ts";
import { countOf, type HistoryPoint, type PageModel } from "./model.ts";
import { stateOf, timesOf } from "./series.ts";

interface Headline {
  readonly tone: "good" | "warn" | "bad";
  /** States the tone in words, for readers who do not see the colour. */
  readonly word: string;
  readonly text: Html;
}

export function overview(model: PageModel, points: readonly HistoryPoint[]): Html {
  const { domains, findings, lacks = [] } = model;
  const times = timesOf(points);
  const reports = sum(times);
  const total = driftTotal(model);
  const isComplete = domains.every(({ complete }) => complete);
  const diff = findings?.diff;
  const canary = domains.some((each) => each.canary) ? "; the canary's stream is not counted" : "";
  const tiles: readonly [string, string, string][] = [
    [
      "Disabled streams",
      number(sum(domains.map(countOf))),
      `${isComplete ? `in ${counted(domains.length, "domain")}` : "at least: a list is incomplete"}${canary}`,
    ],
    ["Newly disabled", diff ? number(diff.disabled) : "–", "compared with the last complete lists"],
    ["Enabled again", diff ? number(diff.enabled) : "–", "compared with the last complete lists"],
    [
      "Drift",
      total === undefined ? "–" : number(total),
      findings?.drift ? `and ${number(findings.drift.expiring)} expiring soon` : "not compared",
    ],
    [
      "Time to off",
      durationText(withinSeconds(times, 0.5)),
      reports === 0
        ? "no report turned a stream off in the time shown"
        : `half of ${counted(reports, "report")} in the time shown; 95 %: ${durationText(withinSeconds(times, 0.95))}`,
    ],
  ];
  const failed = commaSeparated(lacks.map(({ part, error }) => html`${part} (${error})`));
  const headlines = [completeness(model), drift(model), chain(model, points)];
  const missed = model.reviews?.figures.missed ?? 0;
  if (missed > 0) headlines.push(overdue(missed));
  if (lacks.length > 0) {
    headlines.push({ tone: "warn", word: "Parts missing", text: html`Parts of this audit failed: ${failed}.` });
  }
  return html`<ul class="verdict">${headlines.map(({ tone, word, text }) => html`<li class="${tone}"><b>${word}</b> <span>${text}</span></li>`)}</ul>
<dl class="tiles">${tiles.map(([term, value, note]) => html`<div><dt>${term}</dt><dd>${value} <small>${note}</small></dd></div>`)}</dl>`;
}

export const auditFacts = ({ slot, scheduled, writtenAt, policy, build }: PageModel): Html =>
  facts([
    [scheduled ? "Scheduled hour" : "Requested at", time(slot)],
    ["Written", time(writtenAt)],
    ["Policy", html`<code>${policy}</code>`],
    ["Build", html`<code>${build}</code>`],
  ]);

/** Expiring disables are not counted: they are information only. Undefined if nothing was compared. */
const driftTotal = ({ findings }: PageModel): number | undefined =>
  findings?.drift && sum(DRIFT_KINDS.map((kind) => (kind === "expiring" ? 0 : (findings.drift?.[kind] ?? 0))));

/** Domains that are named in a sentence; the table has all of them. */
const MAX_NAMED = 10;

function completeness({ domains }: PageModel): Headline {
  const partial = domains.filter(({ complete }) => !complete);
  if (domains.length === 0) return { tone: "warn", word: "Nothing", text: html`No ingest domain is in scope.` };
  if (partial.length === 0) {
    const which = domains.length === 1 ? "the ingest domain" : `all ${number(domains.length)} ingest domains`;
    return { tone: "good", word: "Complete", text: html`The lists of disabled streams of ${which} are complete.` };
  }
  const named = commaSeparated(partial.slice(0, MAX_NAMED).map(({ domain }) => name(domain)));
  const others = partial.length > MAX_NAMED ? " and others" : "";
  const text = html`${number(partial.length)} of ${counted(domains.length, "list")} could not be read completely: ${named}${others}. Streams may be missing in them.`;
  return { tone: "warn", word: "Incomplete", text };
}

function drift(model: PageModel): Headline {
  const total = driftTotal(model);
  const { unasked = 0 } = model.findings ?? {};
  const unknown = unasked > 0 ? ` ${counted(unasked, "suspect")} could not be checked.` : "";
  if (total === undefined) {
    return { tone: "warn", word: "Not compared", text: html`Live's lists were not compared with the ledger.` };
  }
  if (total > 0) {
    const differ = `${counted(total, "stream")} ${total === 1 ? "differs" : "differ"}`;
    const text = html`${differ} between Live and the ledger; see <a href="#drift">Drift</a>.${unknown}`;
    return { tone: "bad", word: "Drift", text };
  }
  if (unasked > 0) return { tone: "warn", word: "Drift unknown", text: html`No drift was found.${unknown}` };
  const lists = model.domains.every(({ complete }) => complete) ? "Live's lists agree" : "The complete lists agree";
  return { tone: "good", word: "No drift", text: html`${lists} with the ledger.` };
}

function overdue(missed: number): Headline {
  const wait = `${counted(missed, "case")} ${missed === 1 ? "waits" : "wait"}`;
  const text = html`${wait} for a person, and the due time is over; see <a href="#reviews">Reviews</a>.`;
  return { tone: "bad", word: "Overdue", text };
}

function chain({ previous }: PageModel, points: readonly HistoryPoint[]): Headline {
  const missed = points.filter((point) => stateOf(point) === "missed").length;
  const before = previous
    ? `The chain entry before this audit is number ${number(previous.number)}.`
    : "This audit begins the chain.";
  if (missed === 0) {
    return { tone: "good", word: "No gaps", text: html`No scheduled hour was missed in the time shown. ${before}` };
  }
  const were = `${counted(missed, "scheduled hour")} ${missed === 1 ? "was" : "were"} missed`;
  const text = html`${were} in the time shown; see <a href="#chain">Chain</a>. ${before}`;
  return { tone: "warn", word: "Missed hours", text };
}
