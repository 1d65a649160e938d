/**
 * The question before a plan is approved or applied. It repeats what is about to happen, because the plan above it may have scrolled off a
 * small terminal.
 */
import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import type { PlanResponse } from "../../lib/operator/contract/response-schema.ts";
import { secondOf, secondsText } from "../terminal/duration.ts";
import { numberText } from "../terminal/number-text.ts";
import { cutTo, rowsOf } from "../terminal/width.ts";
import { streamsText } from "./batch.ts";
import { selectorText } from "./orders.ts";
import { planText, SHOWN } from "./plan.ts";
import { verdictPlanText, verdictsText } from "./verdict-plan.ts";

const MAX_DOMAINS = 3;
const MAX_REASON = 120;
const MAX_SELECTOR = 120;
const HASH_DIGITS = 12;

/** A text of others: short enough that the question stays on a screen. */
const cut = (text: string, most: number): string => cutTo(escapeInvisible(text), most);

/** @param glass - with break-glass, in place of the second person. */
export function planQuestion(
  verb: "approve" | "apply",
  plan: PlanResponse,
  { glass = false }: { readonly glass?: boolean } = {},
): string {
  const { action, streams, selector, liveCount, undoes, sha256, reason } = plan;
  const kept = streams.filter(({ staysOff }) => staysOff).length;
  const what =
    plan.verdict === undefined
      ? `${escapeInvisible(action)} ${streamsText(streams.length - kept)} of ${domainsText(streams)}${untilText(plan)}`
      : verdictsText(plan);
  const words = [
    what,
    ...(kept > 0 ? [`keep ${streamsText(kept)} disabled until another end`] : []),
    ...(selector ? [`found as ${cut(selectorText(selector), MAX_SELECTOR)}${liveText(liveCount)}`] : []),
    ...(undoes === undefined ? [] : [`undoing ${escapeInvisible(undoes)}`]),
    `sha256 ${escapeInvisible(sha256.slice(0, HASH_DIGITS))}…`,
    ...(glass ? ["WITHOUT a second person, and page the on-call"] : []),
    `because ${cut(reason, MAX_REASON)}`,
  ];
  return `${verb}: ${words.join("; ")}?`;
}

/** With the duration that the author asked for. */
function untilText({ resumeTime, plannedAt }: PlanResponse): string {
  if (resumeTime === undefined) return "";
  const seconds = Math.ceil((Date.parse(resumeTime) - Date.parse(plannedAt)) / 1_000);
  return ` until ${escapeInvisible(secondOf(resumeTime))} (${secondsText(seconds)})`;
}

const liveText = (liveCount: number | undefined): string =>
  liveCount === undefined ? "" : ` (${numberText(liveCount)} were live)`;

function domainsText(streams: PlanResponse["streams"]): string {
  const domains = [...new Set(streams.map(({ domain }) => domain))];
  const named = domains.slice(0, MAX_DOMAINS).map(escapeInvisible).join(", ");
  return domains.length > MAX_DOMAINS ? `${named} and ${domains.length - MAX_DOMAINS} more domains` : named;
}

/** ` [y/N] ` and the answer. */
const PROMPT = " [y/N] yes";

/** Rows of each list that leave the beginning of the plan on the screen, with the question below it. */
export function rowsThatFit(
  plan: PlanResponse,
  question: string,
  {
    now,
    rows,
    columns,
  }: { readonly now: Date; readonly rows: number | undefined; readonly columns: number | undefined },
): number {
  if (rows === undefined || columns === undefined) return SHOWN;
  const paint = (_: unknown, text: string) => text;
  const textOf = plan.verdict === undefined ? planText : verdictPlanText;
  const free = rows - rowsOf([`${question}${PROMPT}`], columns);
  for (let shown = SHOWN; shown > 0; shown--) {
    if (rowsOf(textOf(plan, { now, shown, paint }), columns) <= free) return shown;
  }
  return 0;
}
