/** A case in words: the time that is left, why it waits, people, links. Pure, except that the language is the page's. */
import type { ReviewRow } from "../../lib/operator/contract/response-schema.ts";
import { ACTIONS } from "../i18n/common.ts";
import { languageTag, say, sayWord } from "../i18n/say.ts";
import { longText } from "../ui/time-text.ts";
import { BECAUSE, CASE, CATEGORIES } from "./case-texts.ts";
import { hasHeldAction } from "./desk/verdicts.ts";

export { personOf as personText } from "../../lib/core/person-name.ts";

export interface TimeLeft {
  readonly seconds: number;
  /** `warn` from half of the time on, `bad` from 80 %, when people are alerted too. */
  readonly level: "" | "warn" | "bad";
}

/** @param elapsedMs - since the row was read. @returns undefined without a due time. */
export function timeLeft({ dueAt, receivedAt, secondsLeft }: ReviewRow, elapsedMs: number): TimeLeft | undefined {
  if (dueAt === undefined || secondsLeft === undefined) return undefined;
  const seconds = secondsLeft - Math.floor(elapsedMs / 1_000);
  const total = (Date.parse(dueAt) - Date.parse(receivedAt)) / 1_000;
  if (seconds <= total * 0.2) return { seconds, level: "bad" };
  return { seconds, level: seconds <= total * 0.5 ? "warn" : "" };
}

/** `4:09` */
export const clockText = (ms: number): string => {
  const seconds = Math.max(0, Math.ceil(ms / 1_000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
};

export const leftText = ({ seconds }: TimeLeft): string =>
  say(seconds < 0 ? CASE.overdue : CASE.timeLeft, { time: longText(Math.abs(seconds) * 1_000) });

export const ageText = (minutes: number): string =>
  minutes < 1
    ? say(CASE.justNow)
    : new Intl.RelativeTimeFormat(languageTag, { numeric: "always" }).format(...ageOf(minutes));

function ageOf(minutes: number): [number, "minute" | "hour" | "day"] {
  if (minutes < 60) return [-minutes, "minute"];
  return minutes < 48 * 60 ? [-Math.floor(minutes / 60), "hour"] : [-Math.floor(minutes / 1_440), "day"];
}

/** Scores of some sources have many digits. */
export const scoreText = (score: number): string =>
  new Intl.NumberFormat(languageTag, { maximumFractionDigits: 3 }).format(score);

export const categoryText = (category: string | undefined): string =>
  category === undefined ? say(CASE.message) : sayWord(CATEGORIES, category);

export function reportedText({ category, score, ageMinutes, source, grade, appealed }: ReviewRow): string {
  const name = categoryText(category);
  return [
    appealed ? say(CASE.appeal, { number: `${appealed.number}`, category: name }) : name,
    ...(score === undefined ? [] : [say(CASE.score, { score: scoreText(score) })]),
    ageText(ageMinutes),
    say(CASE.byWhom, { source }),
    ...(grade === undefined ? [] : [say(CASE.grade, { grade })]),
  ].join(" · ");
}

export function waitsText(row: ReviewRow): string {
  const { because, rule, decision, isSample } = row;
  const action = sayWord(ACTIONS, decision?.action ?? "");
  if (isSample) return say(CASE.sample, { action });
  const why = sayWord(BECAUSE, because);
  const named =
    rule === undefined ? why : because === "rule" ? say(CASE.ruleAsks, { rule }) : say(CASE.ruleBecause, { rule, why });
  return hasHeldAction(row) ? `${named} · ${say(CASE.holdsAction, { action })}` : named;
}

/** A link of a report. It is text: nothing is opened without a person who asks for it. */
export interface Link {
  readonly url: string;
  readonly host: string;
  readonly isHttps: boolean;
}

export function linkOf(url: string): Link {
  const parsed = URL.parse(url);
  const isHttps = parsed?.protocol === "https:" && parsed.username === "" && parsed.password === "";
  return { url, host: parsed?.host || "?", isHttps };
}

/** Whether nothing of the evidence may be opened: also if another report of the stream is of that category. */
export const isSealed = ({
  category,
  reports = [],
}: {
  readonly category?: string;
  readonly reports?: readonly { readonly category: string }[];
}): boolean => category === "csam" || reports.some((each) => each.category === "csam");

/** Why the rules decided so. The first step repeats what was reported. */
export function wayOf({
  steps = [],
  rules = [],
}: {
  readonly steps?: readonly string[];
  readonly rules?: readonly { readonly rule: string; readonly unmet: readonly string[] }[];
}): readonly string[] {
  const unmet = rules.filter((each) => each.unmet.length > 0 && !each.unmet.some((one) => one.startsWith("category ")));
  return [...steps.slice(1), ...unmet.map(({ rule, unmet }) => `not ${rule}: ${unmet.join("; ")}`)];
}
