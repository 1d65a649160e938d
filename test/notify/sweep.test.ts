import { beforeEach, expect, it, jest } from "@jest/globals";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "../../lib/core/time.ts";
import { deliver } from "../../lib/notify/deliver.ts";
import { DELIVERY_LOCK_MS } from "../../lib/notify/delivery-lock.ts";
import { publish } from "../../lib/notify/publish.ts";
import { createNotify, LONGEST_GAP_MS, QUICK } from "../../lib/notify/sweep.ts";
import { someStream } from "../support/fixtures.ts";
import { anOrder } from "./notify-items.ts";
import { anEvent, createNotifyWorld, DELIVERED, KEY, REFUSED } from "./notify-world.ts";

beforeEach(() => {
  for (const method of ["info", "warn", "error"] as const) jest.spyOn(console, method).mockImplementation(() => {});
});

const aKey = (keyHash: string) => ({ kind: "key", user: "audit", keyHash, since: "2026-11-21T12:00:00Z" }) as const;

it("counts an item whose events cannot be made, and does everything else", async () => {
  const { deps, store, sent } = await createNotifyWorld();
  const eventsOf: typeof deps.eventsOf = (item) => {
    if (item.kind === "key" && item.keyHash === "bad") throw new Error("no such event");
    return deps.eventsOf(item);
  };
  const notify = createNotify({ ...deps, eventsOf });
  const bad = await store.write(aKey("bad"));
  const good = await store.write(aKey("good"));
  expect(await notify.sweep()).toMatchObject({ published: 1, delivered: 2, stuck: 1 });
  expect(await notify.handleKeys([bad, good])).toMatchObject({ published: 0, stuck: 1 });
  expect(sent).toHaveLength(2);
});

it("gets through its items also if the ledger is so slow that no run can read all of them", async () => {
  const { deps, store, wait, sent } = await createNotifyWorld();
  const eventsOf: typeof deps.eventsOf = (item) => {
    wait(SECOND_MS);
    return deps.eventsOf(item);
  };
  const notify = createNotify({ ...deps, eventsOf });
  const keys = await Promise.all(Array.from({ length: 30 }, (_, index) => store.write(aKey(`${index}`))));
  await notify.handleKeys(keys);
  for (let sweeps = 0; sweeps < 4; sweeps++) await notify.sweep();
  expect(await store.listDue(deps.now(), 100)).toEqual([]);
  expect(new Set(sent).size).toBe(60);
});

it("takes the retries of a subscriber that left the policy out of the outbox, and delivers them if it is back", async () => {
  const { deps, run, log, store, answers, wait, sent, notify } = await createNotifyWorld();
  await log(anEvent("one"));
  answers(() => REFUSED);
  await deliver(run(), KEY, "shop");
  wait(MINUTE_MS);
  const without = createNotify({ ...deps, subscribers: {} });
  await without.sweep();
  wait(MINUTE_MS);
  await without.sweep();
  expect(await store.listDue(new Date(deps.now().getTime() + HOUR_MS), 10)).toEqual([]);
  answers(() => DELIVERED);
  wait(MINUTE_MS);
  await notify.sweep();
  wait(MINUTE_MS);
  await notify.sweep();
  expect(sent).toEqual(["shop one failed", "shop one"]);
});

it("publishes what follows in a stream of an order whose events cannot be made", async () => {
  const { deps, store, sent } = await createNotifyWorld(["stream.paused"]);
  const stream = someStream();
  const eventsOf: typeof deps.eventsOf = (item) => {
    if (item.kind === "order" && item.order.number === 1) throw new Error("no such order");
    return deps.eventsOf(item);
  };
  for (const number of [1, 2]) await store.write({ kind: "order", order: anOrder(stream, number) });
  expect(await createNotify({ ...deps, eventsOf }).sweep()).toMatchObject({ delivered: 4 });
  expect(sent.filter((line) => line.startsWith("shop")).every((line) => line.includes("-2-"))).toBe(true);
});

it("passes a long time without events in parts, and not more of it than the log keeps", async () => {
  const { deps, store, wait, shop } = await createNotifyWorld();
  const found = await store.readSubscriber("shop");
  const since = new Date(deps.now().getTime() - 200 * DAY_MS).toISOString();
  if (!found) throw new Error("there is a state");
  const behind = { since, until: deps.now().toISOString() };
  await store.replaceSubscriber({ ...found.state, since, behind }, found.revision);
  let reads = 0;
  const readByTime: typeof store.readByTime = (from, until) => {
    reads += 1;
    wait(SECOND_MS);
    return store.readByTime(from, until);
  };
  const notify = createNotify({ ...deps, store: { ...store, readByTime } });
  for (let sweeps = 0; sweeps < 5; sweeps++) {
    const before = reads;
    await notify.sweep();
    expect(reads - before).toBeLessThanOrEqual(21);
  }
  wait(6 * MINUTE_MS);
  await notify.sweep();
  expect(await shop()).not.toHaveProperty("behind");
  expect(reads).toBeLessThanOrEqual(100);
});

it("brings a new subscriber what another deployment logged without knowing it, also if nothing sweeps for hours", async () => {
  const { deps, run, wait, sent } = await createNotifyWorld();
  const before = run();
  await before.states();
  const notify = createNotify({ ...deps, subscribers: { ...deps.subscribers, late: { events: ["key.blocked"] } } });
  await notify.sweep();
  wait(SECOND_MS);
  const published = await publish(before, KEY, [{ event: anEvent("one"), since: deps.now().toISOString() }]);
  for (const name of ["bus", "shop"]) await deliver(before, KEY, name, published);
  wait(3 * HOUR_MS);
  await notify.sweep();
  expect(sent).toEqual(["bus one", "shop one", "late one"]);
});

it("keeps the 60 seconds if a logger dies, a sweep comes just too early, and all environments are busy", () => {
  const busyMs = QUICK.totalMs + QUICK.timeoutMs;
  expect(DELIVERY_LOCK_MS + LONGEST_GAP_MS + busyMs).toBeLessThan(MINUTE_MS);
});
