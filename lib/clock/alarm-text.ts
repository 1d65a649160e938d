/**
 * The text of an alarm of the clock: which cases, how long they have, and what to do. It has nothing that a reporter wrote but the report's id,
 * which is part of the key, and names of streams; both are escaped and cut, because mails and phones show what they get.
 */
import { escapeInvisible } from "../core/escape-invisible.ts";
import { formatStream } from "../core/stream.ts";
import { HOUR_MS, MINUTE_MS } from "../core/time.ts";
import type { ReviewAlarm, ReviewRecord } from "../decisions/report-record.ts";

export interface Alert {
  /** Of a mail: SNS takes at most 100 ASCII characters. */
  readonly subject: string;
  readonly text: string;
}

const NAMED = 10;
/** Longer names are cut: an alarm has to fit on a phone, and `offair review` has all of it. */
const MAX_NAME = 200;

const cases = (count: number): string => (count === 1 ? "1 case" : `${count} cases`);

const HEADLINE: Readonly<Record<ReviewAlarm, (count: number) => string>> = {
  urgent: (count) => `${cases(count)} for review, urgent`,
  half: (count) => `half of the time is over for ${cases(count)}`,
  nearly: (count) => `80 % of the time is over for ${cases(count)}`,
  missed: (count) => `the time is over, and nobody has decided on ${cases(count)}`,
};

/** @param due - the most urgent first. @param stage - of the deployment: prod. */
export function alarmText(alarm: ReviewAlarm, due: readonly ReviewRecord[], now: Date, stage: string): Alert {
  const subject = `offair ${stage}: ${HEADLINE[alarm](due.length)}`;
  const more = due.length - NAMED;
  return {
    subject,
    text: [
      `${subject}.`,
      "",
      ...due.slice(0, NAMED).flatMap((record) => caseLines(record, now)),
      ...(more > 0 ? [`and ${more} more.`] : []),
      "",
      "What to do: run `offair review next`, which hands you the most urgent case.",
    ].join("\n"),
  };
}

const caseLines = (record: ReviewRecord, now: Date): string[] => [
  `- ${subjectOf(record)}: ${timeLeft(record, now)}${record.urgent ? ", urgent" : ""}`,
  `  ${shown(record.key)}`,
];

const subjectOf = (record: ReviewRecord): string =>
  "report" in record
    ? `${shown(record.report.category)}, ${shown(formatStream(record.report.stream))}`
    : `a message of ${shown(record.untranslated.source)} that could not be translated`;

function shown(text: string): string {
  const escaped = escapeInvisible(text);
  return escaped.length > MAX_NAME ? `${[...escaped].slice(0, MAX_NAME).join("")}…` : escaped;
}

function timeLeft({ dueAt = "" }: Pick<ReviewRecord, "dueAt">, now: Date): string {
  const leftMs = Date.parse(dueAt) - now.getTime();
  return `due ${dueAt.slice(0, 16).replace("T", " ")} UTC, ${leftMs > 0 ? `${spanText(leftMs)} left` : `${spanText(-leftMs)} late`}`;
}

/** Rounded up, so that it never says 0. */
function spanText(ms: number): string {
  const minutes = Math.max(1, Math.ceil(ms / MINUTE_MS));
  return minutes < 120 ? `${minutes} min` : `${Math.round((minutes * MINUTE_MS) / HOUR_MS)} h`;
}
