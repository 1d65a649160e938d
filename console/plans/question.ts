/** The question before a plan is approved or applied, as the command asks it: it repeats what the plan does. Pure. */
import type { PlanResponse } from "../../lib/operator/contract/response-schema.ts";
import { ACTIONS } from "../i18n/common.ts";
import { say, sayWord } from "../i18n/say.ts";
import { longText, utcText } from "../ui/time-text.ts";
import { selectorParts } from "./selector-parts.ts";
import { ACTS, QUESTION } from "./words.ts";

const MAX_DOMAINS = 3;
const HASH_DIGITS = 12;

/** `disable 24 streams`; another word of a newer deployment is shown as it is. */
export const actText = (action: string, n: number): string =>
  Object.hasOwn(ACTS, action) ? say(ACTS[action as keyof typeof ACTS], { n }) : `${action} ${n}`;

/** What a plan does, in short: `disable 24 streams`, `approve 3 cases`. */
export const planText = ({ action, streams, verdict, cases = [] }: PlanResponse): string =>
  verdict === undefined
    ? actText(action, streams.length)
    : say(QUESTION.whatVerdict, { verdict: sayWord(ACTIONS, verdict), n: cases.length });

/** @returns its sentences. They hold texts of others. */
export function planQuestion(plan: PlanResponse): readonly string[] {
  const { action, streams, selector, liveCount, undoes, sha256, reason, verdict } = plan;
  const kept = streams.filter(({ staysOff }) => staysOff).length;
  const what =
    verdict === undefined
      ? say(QUESTION.what, {
          what: actText(action, streams.length - kept),
          domains: domainsText(streams),
          until: untilText(plan),
        }).trimEnd()
      : planText(plan);
  const live = liveCount === undefined ? "" : ` (${say(QUESTION.wereLive, { n: liveCount })})`;
  return [
    what,
    ...(verdict === "approve" && streams.length > 0
      ? [`${actText(action, streams.length)} ${untilText(plan)}`.trimEnd()]
      : []),
    ...(kept > 0 ? [say(QUESTION.keeps, { n: kept })] : []),
    ...(selector ? [`${say(QUESTION.found, { selector: selectorParts(selector).join(" ") })}${live}`] : []),
    ...(undoes === undefined ? [] : [say(QUESTION.undoing, { order: undoes })]),
    say(QUESTION.sha256, { sha256: `${sha256.slice(0, HASH_DIGITS)}…` }),
    say(QUESTION.because, { reason }),
  ];
}

/** With the duration that the author asked for. */
export function untilText({ resumeTime, plannedAt }: Pick<PlanResponse, "resumeTime" | "plannedAt">): string {
  const ms = Date.parse(resumeTime ?? "");
  if (Number.isNaN(ms)) return "";
  return say(QUESTION.until, { time: utcText(ms), duration: longText(ms - Date.parse(plannedAt)) });
}

function domainsText(streams: PlanResponse["streams"]): string {
  const all = [...new Set(streams.map(({ domain }) => domain))];
  const domains = all.slice(0, MAX_DOMAINS).join(", ");
  return all.length > MAX_DOMAINS ? say(QUESTION.moreDomains, { domains, n: all.length - MAX_DOMAINS }) : domains;
}
