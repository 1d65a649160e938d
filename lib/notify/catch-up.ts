/**
 * Delivers what was held back from a subscriber that takes events again, or may do so: the keys of all events that were logged since then, each from
 * where it stands. Nothing is sent twice, and the order of each key stays.
 */
import { CLOCK_MARGIN_MS, DAY_MS, MINUTE_MS } from "../core/time.ts";
import type { LoggedEvent } from "../events/event.ts";
import { type Delivered, isRecorded } from "./deliver.ts";
import { deliverTo } from "./handle-items.ts";
import type { SubscriberState } from "./records.ts";
import { isTimeUp, type Run, wants } from "./run.ts";
import { type EventLog, LOG_DAYS } from "./stores.ts";
import { admission, afterCatchUp } from "./subscriber-health.ts";
import { changeSubscriber } from "./subscribers.ts";

/** Longer than the index of the log lags behind: what was logged since then is looked through again. */
const LOOK_BACK_MS = 5 * MINUTE_MS;

const PAGE = 100;

export async function catchUp(run: Run, subscriber: SubscriberState): Promise<void> {
  const { name, behind } = subscriber;
  if (!behind || admission(subscriber, run.now()) === "hold") return;
  // What was logged before it took events again was held back.
  const recoveredMs =
    behind.until === undefined ? Number.POSITIVE_INFINITY : Date.parse(behind.until) - CLOCK_MARGIN_MS;
  const wasHeld = ({ loggedAt }: LoggedEvent) => Date.parse(loggedAt) < recoveredMs;
  const doneUntil = await deliverLogged(run, name, wasHeld, behind.since, behind.until);
  await changeSubscriber(run, name, (state) =>
    // Not if more was held back meanwhile.
    state.behind?.since === behind.since && state.behind.until === behind.until
      ? afterCatchUp(state, doneUntil)
      : state,
  );
}

/** @returns when the last event was logged up to which everything is delivered, or is tried again by itself. At most `until`. */
async function deliverLogged(
  run: Run,
  name: string,
  wasHeld: (event: LoggedEvent) => boolean,
  since: string,
  until?: string,
): Promise<string> {
  const results = new Map<string, Promise<Delivered | undefined>>();
  const at = run.now();
  const surely = new Date(at.getTime() - LOOK_BACK_MS).toISOString();
  const end = until !== undefined && until < at.toISOString() ? until : at.toISOString();
  const upTo = (time: string): string => (time < surely ? time : surely);

  const oldest = new Date(at.getTime() - LOG_DAYS * DAY_MS).toISOString();
  let doneUntil = since < oldest ? oldest : since;
  for await (const page of pages(run.store, doneUntil, end)) {
    if ("until" in page) {
      doneUntil = upTo(page.until);
      if (isTimeUp(run)) return doneUntil;
      continue;
    }
    const wanted = page.events.filter(({ type }) => wants(run, name, type));
    // Each key once: it is delivered up to its end.
    for (const event of wanted) {
      const { orderingKey } = event;
      if (!results.has(orderingKey))
        results.set(orderingKey, deliverTo(run, orderingKey, name, undefined, wasHeld(event)));
    }
    const ends = await Promise.all(wanted.map(({ orderingKey }) => results.get(orderingKey)));
    if (!ends.every(isRecorded) || ends.includes("held")) return doneUntil;
    doneUntil = upTo(page.events.at(-1)?.loggedAt ?? doneUntil);
    if (isTimeUp(run)) return doneUntil;
  }
  return upTo(end);
}

type Page = { readonly events: readonly LoggedEvent[] } | { readonly until: string };

/** A day at a time, so that a long time without events is passed in parts. The first event alone, because a subscriber that was down gets one first. */
async function* pages(log: Pick<EventLog, "readByTime">, since: string, end: string): AsyncGenerator<Page> {
  let size = 1;
  for (let from = since; ; ) {
    const dayLater = new Date(Date.parse(from) + DAY_MS).toISOString();
    const until = dayLater < end ? dayLater : end;
    let events: LoggedEvent[] = [];
    for await (const event of log.readByTime(new Date(from), new Date(until))) {
      events.push(event);
      if (events.length < size) continue;
      yield { events };
      events = [];
      size = PAGE;
    }
    if (events.length > 0) yield { events };
    if (until >= end) return;
    yield { until };
    from = until;
  }
}
