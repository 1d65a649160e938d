import { expect, it } from "@jest/globals";
import { HOUR_MS, MINUTE_MS } from "../../lib/core/time.ts";
import { createLogEnds } from "../../lib/notify/log-ends.ts";
import { publish as publishIn } from "../../lib/notify/publish.ts";
import type { NotifyDeps } from "../../lib/notify/run.ts";
import type { OutboxItem } from "../../lib/notify/stores.ts";
import { NOON } from "../support/fixtures.ts";
import { anEvent, createNotifyWorld, KEY } from "./notify-world.ts";

/** In a run of its own. */
const publish = (deps: NotifyDeps, given: OutboxItem) => publishIn({ ...deps, log: createLogEnds(deps.store) }, given);

const item = (markAt: Date, published: readonly string[] = []): OutboxItem => ({
  key: { pk: "KEY#audit", sk: "ab" },
  item: { kind: "key", user: "audit", keyHash: "ab", since: NOON.toISOString() },
  mark: `${markAt.toISOString()}#x`,
  published,
});

it("adds an event once, however often it is published, and leaves out those that were published before", async () => {
  const { deps, store } = await createNotifyWorld();
  const eventsOf = () => [anEvent("one"), anEvent("two")];
  const first = await publish({ ...deps, eventsOf }, item(NOON));
  expect(await publish({ ...deps, eventsOf }, item(NOON))).toEqual(first);
  expect(await publish({ ...deps, eventsOf }, item(NOON, ["one"]))).toEqual(first.slice(1));
  expect(store.log(KEY).map(({ id, number }) => `${number} ${id}`)).toEqual(["1 one", "2 two"]);
});

it("finds the event that was logged hours before its item changed again", async () => {
  const { deps, store, log, wait } = await createNotifyWorld();
  const eventsOf = () => [anEvent("one")];
  await publish({ ...deps, eventsOf }, item(NOON));
  wait(3 * HOUR_MS);
  for (let number = 2; number < 60; number++) await log(anEvent(`other-${number}`));
  await publish({ ...deps, eventsOf }, item(deps.now()));
  expect(store.log(KEY).filter(({ id }) => id === "one")).toHaveLength(1);
});

it("looks again when another environment has the number", async () => {
  const { deps, store } = await createNotifyWorld();
  const eventsOf = () => [anEvent("one")];
  const [a, b] = await Promise.all([
    publish({ ...deps, eventsOf }, item(NOON)),
    publish({ ...deps, eventsOf: () => [anEvent("two"), anEvent("one")] }, item(NOON)),
  ]);
  expect([a.length, b.length]).toEqual([1, 2]);
  expect(
    store
      .log(KEY)
      .map(({ id }) => id)
      .sort(),
  ).toEqual(["one", "two"]);
});

it("goes on after the last number when the key's events have expired", async () => {
  const { deps, store, wait } = await createNotifyWorld();
  await publish({ ...deps, eventsOf: () => [anEvent("old")] }, item(NOON));
  wait(91 * 24 * HOUR_MS);
  store.expireEvents(deps.now());
  const late = { time: new Date(deps.now().getTime() - MINUTE_MS).toISOString() };
  const [event] = await publish({ ...deps, eventsOf: () => [anEvent("new", late)] }, item(deps.now()));
  expect(event?.number).toBe(2);
});

it("reads the end of a key's log once in a run, and again when another environment has added an event", async () => {
  const { deps, store, log } = await createNotifyWorld();
  let reads = 0;
  const tail: typeof store.tail = (...asked) => {
    reads += 1;
    return store.tail(...asked);
  };
  const run = { ...deps, log: createLogEnds({ ...store, tail }) };
  const both = ["one", "two"].map((id) => publishIn({ ...run, eventsOf: () => [anEvent(id)] }, item(NOON)));
  await Promise.all(both);
  expect(reads).toBe(1);
  await log(anEvent("three")); // by another one
  await publishIn({ ...run, eventsOf: () => [anEvent("four")] }, item(NOON));
  expect(reads).toBe(2);
  expect(store.log(KEY).map(({ id, number }) => `${number} ${id}`)).toEqual(["1 one", "2 two", "3 three", "4 four"]);
});
