/** What the audit comes to, in a sentence each. A verdict is good only where nothing was left unknown. */
import { DRIFT_KINDS } from "../../archive/manifest.ts";
import { counted, type Html, html, name, number } from "./html.ts";
import type { HistoryPoint, PageModel } from "./model.ts";
import { stateOf } from "./series.ts";

export interface Headline {
  readonly tone: "good" | "warn" | "bad";
  /** Says without its colour what the tone is. */
  readonly word: string;
  readonly text: Html;
}

/** What expires is only told. Undefined where nothing was compared. */
export const driftTotal = ({ findings }: Pick<PageModel, "findings">): number | undefined =>
  findings?.drift &&
  DRIFT_KINDS.reduce((sum, kind) => sum + (kind === "expiring" ? 0 : (findings.drift?.[kind] ?? 0)), 0);

export function verdicts(model: PageModel, points: readonly HistoryPoint[]): Headline[] {
  const { lacks = [] } = model;
  const lacking = lacks.map(({ part, error }, i) => html`${i > 0 ? ", " : ""}${part} (${error})`);
  return [
    completeness(model),
    drift(model),
    chain(model, points),
    ...(lacks.length > 0
      ? [{ tone: "warn" as const, word: "Lacking", text: html`This audit went on without: ${lacking}.` }]
      : []),
  ];
}

/** Named in a sentence; the table has them all. */
const MAX_NAMED = 10;

function completeness({ domains }: PageModel): Headline {
  const partial = domains.filter(({ complete }) => !complete);
  if (domains.length === 0) return { tone: "warn", word: "Nothing", text: html`No ingest domain is in scope.` };
  if (partial.length === 0) {
    const whose = domains.length === 1 ? "the ingest domain" : `all ${number(domains.length)} ingest domains`;
    return { tone: "good", word: "Complete", text: html`The disabled streams of ${whose} were listed completely.` };
  }
  const names = partial.slice(0, MAX_NAMED).map(({ domain }, i) => html`${i > 0 ? ", " : ""}${name(domain)}`);
  const others = partial.length > MAX_NAMED ? " and others" : "";
  const text = html`${number(partial.length)} of ${counted(domains.length, "list")} could not be read completely: ${names}${others}. Nothing is concluded from what they lack.`;
  return { tone: "warn", word: "Incomplete", text };
}

function drift(model: PageModel): Headline {
  const total = driftTotal(model);
  const { unasked = 0 } = model.findings ?? {};
  const unknown = unasked > 0 ? ` Of ${counted(unasked, "suspect")} nothing is known.` : "";
  if (total === undefined) {
    return { tone: "warn", word: "Not compared", text: html`Live's lists were not compared with the ledger.` };
  }
  if (total > 0) {
    const text = html`${counted(total, "stream")} ${total === 1 ? "is" : "are"} not as the ledger says; see <a href="#drift">Drift</a>.${unknown}`;
    return { tone: "bad", word: "Drift", text };
  }
  if (unasked > 0) return { tone: "warn", word: "Drift unknown", text: html`No drift was found.${unknown}` };
  const within = model.domains.every(({ complete }) => complete) ? "Live's lists are" : "What could be compared is";
  return { tone: "good", word: "No drift", text: html`${within} as the ledger says.` };
}

function chain({ previous }: PageModel, points: readonly HistoryPoint[]): Headline {
  const missed = points.filter((point) => stateOf(point) === "missed").length;
  const before = previous
    ? `Before this audit the chain ended with link ${number(previous.number)}.`
    : "This audit begins the chain.";
  if (missed === 0) {
    return {
      tone: "good",
      word: "No gaps",
      text: html`No slot was missed in the time shown. ${before}`,
    };
  }
  const text = html`${counted(missed, "slot")} passed without an audit in the time shown; see <a href="#chain">Chain</a>. ${before}`;
  return { tone: "warn", word: "Missed slots", text };
}
