/**
 * Delivers what was held back from a subscriber that takes events again, or may do so: the keys of all events that were logged since then, each from
 * where it stands. Nothing is sent twice, and the order of each key stays.
 */
import { MINUTE_MS } from "../core/time.ts";
import type { LoggedEvent } from "../events/event.ts";
import { type Delivered, isRecorded } from "./deliver.ts";
import { createDeliverNext } from "./handle-items.ts";
import { isTimeUp, type Run, wants } from "./run.ts";
import type { SubscriberState } from "./stores.ts";
import { admission, afterCatchUp } from "./subscriber-health.ts";
import { changeSubscriber } from "./subscribers.ts";

/** Longer than the index of the log lags behind: what was logged since then is looked through again. */
const LOOK_BACK_MS = 5 * MINUTE_MS;

const PAGE = 100;

export async function catchUp(run: Run, subscriber: SubscriberState): Promise<void> {
  const { name, behind } = subscriber;
  if (!behind || admission(subscriber, run.now()) === "hold") return;
  const doneUntil = await deliverLogged(run, name, behind.since, behind.until);
  await changeSubscriber(run, name, (state) =>
    // Not if more was held back meanwhile.
    state.behind?.since === behind.since && state.behind.until === behind.until
      ? afterCatchUp(state, doneUntil)
      : state,
  );
}

/** @returns when the last event was logged up to which everything is delivered, or is tried again by itself. At most `until`. */
export async function deliverLogged(run: Run, name: string, since: string, until?: string): Promise<string> {
  const deliverNext = createDeliverNext(run);
  const results = new Map<string, Promise<Delivered | undefined>>();
  const at = run.now();
  const surely = new Date(at.getTime() - LOOK_BACK_MS).toISOString();
  const end = until !== undefined && until < at.toISOString() ? until : at.toISOString();
  const upTo = (time: string): string => (time < surely ? time : surely);

  let doneUntil = since;
  for await (const page of pages(run.store.readByTime(new Date(since), new Date(end)))) {
    const wanted = page.filter(({ type }) => wants(run, name, type));
    // Each key once: it is delivered up to its end.
    for (const { orderingKey } of wanted) {
      if (!results.has(orderingKey)) results.set(orderingKey, deliverNext(orderingKey, name));
    }
    const ends = await Promise.all(wanted.map(({ orderingKey }) => results.get(orderingKey)));
    if (!ends.every(isRecorded) || ends.includes("held")) return doneUntil;
    doneUntil = upTo(page.at(-1)?.loggedAt ?? doneUntil);
    if (isTimeUp(run)) return doneUntil;
  }
  return upTo(end);
}

/** The first event alone, because a subscriber that was down gets one event first. */
async function* pages(events: AsyncIterable<LoggedEvent>): AsyncGenerator<LoggedEvent[]> {
  let page: LoggedEvent[] = [];
  let size = 1;
  for await (const event of events) {
    page.push(event);
    if (page.length < size) continue;
    yield page;
    page = [];
    size = PAGE;
  }
  if (page.length > 0) yield page;
}
