/** Events and subscribers as lines. */
import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import type { EventRow, ReplayAsked, SubscriberRow } from "../../lib/operator/contract/response-schema.ts";
import { WHY_ENDED } from "../../lib/operator/contract/why-ended.ts";
import { alignedRows, type Column, cellsOf, column } from "../render/columns.ts";
import { personText } from "../render/review/parts.ts";
import { commandText } from "../terminal/command-text.ts";
import { secondOf } from "../terminal/duration.ts";
import { countOf, numberText } from "../terminal/number-text.ts";
import type { Out } from "../terminal/output.ts";
import { cutTo, keepEnd } from "../terminal/width.ts";
import { adviceFor } from "./advice.ts";

/** What an event is about, if it is about no stream: the first of these that its data has. */
const ABOUT = ["orderId", "report", "source", "user", "slot"] as const;

function aboutOf({ event: { subject, data } }: Pick<EventRow, "event">): string | null {
  if (subject !== undefined) return subject;
  if (typeof data !== "object" || data === null) return null;
  const found: unknown = ABOUT.map((name) => Reflect.get(data, name)).find((value) => typeof value === "string");
  return typeof found === "string" ? found : null;
}

const TIME = column<EventRow>("time", ({ event }) => secondOf(event.time));
const TYPE = column<EventRow>("type", ({ event }) => event.type);
const ABOUT_COLUMN = column<EventRow>("about", aboutOf);

const STATES: Readonly<Record<string, string>> = { "given-up": "given up", "not-subscribed": "not for it" };
const stateText = (state: string): string => STATES[state] ?? state;

/** On a terminal. What an event is about comes last: right-to-left text would change the order of what follows it. */
const shownColumns = (withDelivery: boolean): Column<EventRow>[] => [
  ...[TIME, TYPE],
  ...(withDelivery ? [column<EventRow>("delivery", ({ delivery }) => stateText(delivery?.state ?? ""))] : []),
  ABOUT_COLUMN,
];

/** In a pipe. */
export const pipedColumns = (withDelivery: boolean): Column<EventRow>[] => [
  ...[TIME, TYPE, column<EventRow>("id", ({ event }) => event.id)],
  ...(withDelivery
    ? [
        column<EventRow>("delivery", ({ delivery }) => delivery?.state ?? null),
        column<EventRow>("problem", ({ delivery }) => delivery?.problem ?? null),
      ]
    : []),
  ABOUT_COLUMN,
];

const COLOURS: Readonly<Record<string, "yellow" | "red" | "dim">> = {
  waiting: "yellow",
  failing: "red",
  "given-up": "red",
  missed: "red",
  "not-subscribed": "dim",
};

/** One line an event; below it, why it is not delivered. */
export function* eventsText(
  rows: readonly EventRow[],
  { withDelivery, isFirst }: { readonly withDelivery: boolean; readonly isFirst: boolean },
  { columns, paint }: Pick<Out, "columns" | "paint">,
): Generator<string> {
  const [head = "", ...lines] = alignedRows(shownColumns(withDelivery), rows);
  const at = head.length - ABOUT_COLUMN.name.length; // the columns before it are ASCII
  if (isFirst) yield paint("bold", head);
  for (const [index, line] of lines.entries()) {
    const { delivery } = rows[index] ?? {};
    const colour = COLOURS[delivery?.state ?? ""];
    const shown = line.slice(0, at) + keepEnd(line.slice(at), columns - at);
    yield colour === undefined ? shown : paint(colour, shown);
    if (delivery?.problem !== undefined) yield cutTo(`  ${problemText(delivery)}`, columns);
  }
}

/** The problem and the next attempt first: the rest may be cut. */
function problemText({
  problem = "",
  attempts = 0,
  since,
  nextAt,
  gaveUpAt,
}: NonNullable<EventRow["delivery"]>): string {
  const tried = since === undefined ? "" : `, since ${secondOf(since)}`;
  const next = nextAt === undefined ? "" : `, next ${secondOf(nextAt)}`;
  const end = gaveUpAt === undefined ? next : `, given up ${secondOf(gaveUpAt)}`;
  return escapeInvisible(`${problem}; ${countOf(attempts, "attempt")}${end}${tried}`);
}

/** For programs: the event, and what became of it as further attributes, whose names CloudEvents restricts to letters and digits. */
export const cloudEventRow = ({ event, delivery }: EventRow): Readonly<Record<string, unknown>> => ({
  ...event,
  ...(delivery && {
    delivery: delivery.state,
    ...(delivery.since !== undefined && { deliverysince: delivery.since }),
    ...(delivery.problem !== undefined && { deliveryproblem: delivery.problem }),
    ...(delivery.nextAt !== undefined && { deliverynext: delivery.nextAt }),
  }),
});

const SUBSCRIBER_STATES: Readonly<Record<string, string>> = { "backing-off": "backing off", never: "nothing yet" };

const SUBSCRIBER_COLUMNS: readonly Column<SubscriberRow>[] = [
  column("subscriber", ({ name }) => name),
  column("state", ({ state }) => SUBSCRIBER_STATES[state] ?? state),
  column("last delivered", ({ lastDeliveredAt }) => (lastDeliveredAt === undefined ? null : secondOf(lastDeliveredAt))),
  column("failing", ({ failing }) => failing || null),
  column("given up", ({ givenUp, givenUpMore }) =>
    givenUp > 0 ? `${numberText(givenUp)}${givenUpMore ? "+" : ""}` : null,
  ),
];

const SUBSCRIBER_COLOURS: Readonly<Record<string, "yellow" | "red">> = { "backing-off": "yellow", ended: "red" };

/** One line a subscriber, and below it what a person has to know. */
export function* subscribersText(rows: readonly SubscriberRow[], paint: Out["paint"]): Generator<string> {
  const [head = "", ...lines] = alignedRows(SUBSCRIBER_COLUMNS, rows);
  yield paint("bold", head);
  for (const [index, line] of lines.entries()) {
    const row = rows[index];
    if (!row) continue;
    const colour = SUBSCRIBER_COLOURS[row.state];
    yield colour === undefined ? line.trimEnd() : paint(colour, line.trimEnd());
    for (const remark of remarksOf(row)) yield `  ${remark}`;
  }
}

function* remarksOf(row: SubscriberRow): Generator<string> {
  const { name, state, ended, backOff, behind, resumed, replays, oldestFailingSince, problem, lastGivenUpAt } = row;
  if (ended) {
    yield `ended at ${secondOf(ended.at)}: ${WHY_ENDED[ended.because] ?? escapeInvisible(ended.because)}`;
    yield `events since ${secondOf(ended.missedSince)} are missing there`;
    if (ended.because !== "removed") yield commandText("events resume", [], { subscriber: name, reason: "TEXT" });
  }
  if (backOff && state === "backing-off")
    yield `no answer since ${secondOf(backOff.since)}, ${countOf(backOff.failures, "failure")}; next try ${secondOf(backOff.until)}`;
  if (behind)
    yield behind.until === undefined
      ? `events since ${secondOf(behind.since)} wait for it`
      : `gets what it missed, in order: it has everything that was logged before ${secondOf(behind.since)}`;
  if (oldestFailingSince !== undefined) {
    yield `an event has failed since ${secondOf(oldestFailingSince)}: ${escapeInvisible(problem ?? "")}`;
    const advice = adviceFor(problem ?? "");
    if (advice !== undefined) yield `→ ${advice}`;
  }
  if (lastGivenUpAt !== undefined) yield `the last event was given up at ${secondOf(lastGivenUpAt)}`;
  if (resumed)
    yield `resumed at ${secondOf(resumed.at)} by ${personText(resumed.by)}: ${escapeInvisible(resumed.reason)}`;
  for (const { since, until, by, sent = 0, reason } of replays)
    yield `sends again from ${secondOf(since)} to ${secondOf(until)}, ${countOf(sent, "event")} so far; by ${personText(by)}: ${escapeInvisible(reason)}`;
}

/** `12 events from … until …`. */
export function replayText({ since, until, count, countMore }: ReplayAsked): string {
  const events = count === undefined ? "the events" : `${countMore ? "at least " : ""}${countOf(count, "event")}`;
  return `${events} from ${secondOf(since)} until ${secondOf(until)}`;
}

export const cellsOfSubscriber = (row: SubscriberRow): string[] => cellsOf(SUBSCRIBER_COLUMNS, row);
