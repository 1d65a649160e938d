/** Parts of a case that lists and screens share: the time that is left, why it waits, people. */
import { escapeInvisible } from "../../../lib/core/escape-invisible.ts";
import { personOf } from "../../../lib/core/person-name.ts";
import type { ReviewRow } from "../../../lib/operator/contract/response-schema.ts";
import { secondOf, secondsText, untilText } from "../../terminal/duration.ts";
import type { Out } from "../../terminal/output.ts";

type Colour = Parameters<Out["paint"]>[0];

export interface TimeLeft {
  readonly text: string;
  readonly colour?: Colour;
}

/** Yellow from half of the time on and red from 80 %, when people are alerted too. */
export function timeLeft({ dueAt, receivedAt, secondsLeft }: ReviewRow): TimeLeft {
  if (dueAt === undefined || secondsLeft === undefined) return { text: "no due time" };
  if (secondsLeft < 0) return { text: `${secondsText(-secondsLeft)} overdue`, colour: ["bold", "red"] };
  const text = `${secondsText(secondsLeft)} left`;
  const total = (Date.parse(dueAt) - Date.parse(receivedAt)) / 1_000;
  if (secondsLeft <= total * 0.2) return { text, colour: ["bold", "red"] };
  return secondsLeft <= total * 0.5 ? { text, colour: "yellow" } : { text };
}

export const paintLeft = ({ text, colour }: TimeLeft, paint: Out["paint"]): string =>
  colour === undefined ? text : paint(colour, text);

export const personText = (arn: string): string => escapeInvisible(personOf(arn));

const BECAUSE: Readonly<Record<string, string>> = {
  rule: "the rule asks for a person",
  appeal: "the broadcaster objects to the order",
  uncorroborated: "too few others report it",
  "weak-grade": "its source's grade allows no more than one pause",
  "operator-order": "a person has changed the stream, and no rule acts on it for some time",
  "limit-total": "the limit of all automatic actions is full",
  "limit-source": "the limit of its source is full",
  "limit-share": "the limit for the share of live streams is full",
  "source-frozen": "its source is frozen",
  "too-old": "it arrived too late to be acted on",
  "received-in-the-future": "it was received in the future",
  "protected-stream": "the stream is protected",
  "duplicate-id": "its id is that of an earlier report with another content",
  "wildcard-in-name": "the name of the stream has a *",
  "undocumented-name": "the name of the stream has characters that Live does not document",
  untranslatable: "the message could not be translated",
};

/** The order that an appeal is about, with those who decided it. */
export function appealedText({
  number,
  action,
  placedAt,
  resumeTime,
  by,
  decidedBy,
}: NonNullable<ReviewRow["appealed"]>): string {
  const ordered = `order ${number}: ${escapeInvisible(action)}${untilText(resumeTime)}, at ${secondOf(placedAt)} by ${personText(by)}`;
  const people = decidedBy.map(personText).join(" and ");
  return decidedBy.length === 0 ? ordered : `${ordered}; decided by ${people}, who cannot decide the appeal`;
}

export const becauseText = (because: string): string => BECAUSE[because] ?? escapeInvisible(because);
