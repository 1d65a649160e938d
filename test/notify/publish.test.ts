import { expect, it } from "@jest/globals";
import { HOUR_MS, MINUTE_MS } from "../../lib/core/time.ts";
import type { OffairEvent } from "../../lib/events/event.ts";
import { publish as publishIn } from "../../lib/notify/publish.ts";
import type { Run } from "../../lib/notify/run.ts";
import { MAX_EVENTS_PER_ITEM } from "../../lib/notify/stores.ts";
import { NOON } from "../support/fixtures.ts";
import { anEvent, createNotifyWorld, KEY } from "./notify-world.ts";

/** @param at - when the events' item was put into the outbox. */
const publish = (run: Run, events: readonly OffairEvent[], at = NOON) =>
  publishIn(
    run,
    KEY,
    events.map((event) => ({ event, since: at.toISOString() })),
  );

const numbered = (events: readonly { id: string; number: number }[]) =>
  events.map(({ id, number }) => `${number} ${id}`);

it("adds an event once, however often it is published", async () => {
  const { run, store } = await createNotifyWorld();
  const first = await publish(run(), [anEvent("one"), anEvent("two")]);
  expect(first.own).toEqual(first.events);
  expect(await publish(run(), [anEvent("one"), anEvent("two")])).toMatchObject({ events: first.events, own: [] });
  const both = await publish(run(), [anEvent("one"), anEvent("three")]);
  expect([numbered(both.events), numbered(both.own)]).toEqual([["1 one", "3 three"], ["3 three"]]);
  expect(numbered(store.log(KEY))).toEqual(["1 one", "2 two", "3 three"]);
});

it("adds all events of a key in two requests, as many as one item may have", async () => {
  const { deps, run, store } = await createNotifyWorld();
  let requests = 0;
  const counting: typeof store = {
    ...store,
    tail: (...asked) => {
      requests += 1;
      return store.tail(...asked);
    },
    append: (...asked) => {
      requests += 1;
      return store.append(...asked);
    },
  };
  await run().states();
  await publish(
    { ...run(), ...deps, store: counting },
    Array.from({ length: MAX_EVENTS_PER_ITEM }, (_, index) => anEvent(`e-${index}`)),
  );
  expect(requests).toBe(2);
  const more = await publish(
    run(),
    Array.from({ length: 25 }, (_, index) => anEvent(`f-${index}`)),
  );
  expect(more.own.map(({ number }) => number)).toEqual(
    Array.from({ length: 25 }, (_, index) => MAX_EVENTS_PER_ITEM + 1 + index),
  );
});

it("finds the event that was logged hours before its item changed again", async () => {
  const { deps, run, store, log, wait } = await createNotifyWorld();
  await publish(run(), [anEvent("one")]);
  wait(3 * HOUR_MS);
  for (let number = 2; number < 60; number++) await log(anEvent(`other-${number}`));
  await publish(run(), [anEvent("one")], deps.now());
  expect(store.log(KEY).filter(({ id }) => id === "one")).toHaveLength(1);
});

it("looks again when another environment has the number", async () => {
  const { run, store } = await createNotifyWorld();
  const ends = await Promise.all([publish(run(), [anEvent("one")]), publish(run(), [anEvent("two"), anEvent("one")])]);
  expect(ends.map(({ events }) => events.length)).toEqual([1, 2]);
  expect(
    store
      .log(KEY)
      .map(({ id }) => id)
      .sort(),
  ).toEqual(["one", "two"]);
});

it("goes on after the last number when the key's events have expired", async () => {
  const { deps, run, store, wait } = await createNotifyWorld();
  await publish(run(), [anEvent("old")]);
  wait(91 * 24 * HOUR_MS);
  store.expireEvents(deps.now());
  const time = new Date(deps.now().getTime() - MINUTE_MS).toISOString();
  const { events } = await publish(run(), [anEvent("new", { time })], deps.now());
  expect(numbered(events)).toEqual(["2 new"]);
});

it("claims the deliveries that have everything before, and are nobody's", async () => {
  const { run, store, log } = await createNotifyWorld();
  await log(anEvent("one"));
  const claims = async (id: string) => [...(await publish(run(), [anEvent(id)])).claims.keys()];
  expect(await claims("two")).toEqual([]);
  const { now } = run();
  for (const [subscriber, sent] of [
    ["bus", 2],
    ["shop", 2],
  ] as const) {
    await store.lockDelivery(KEY, subscriber, "h", now());
    await store.writeDelivery({ orderingKey: KEY, subscriber, sent }, { before: 0, holder: "h", isLocked: true });
  }
  await store.lockDelivery(KEY, "shop", "other", now());
  expect(await claims("three")).toEqual(["bus"]);
  expect(await claims("three")).toEqual([]); // it is another run's
});
