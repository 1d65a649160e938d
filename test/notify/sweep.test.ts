import { beforeEach, expect, it, jest } from "@jest/globals";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../../lib/core/time.ts";
import { deliver } from "../../lib/notify/deliver.ts";
import { createNotify } from "../../lib/notify/sweep.ts";
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
  await without.sweep();
  expect(await store.listDue(new Date(deps.now().getTime() + HOUR_MS), 10)).toEqual([]);
  answers(() => DELIVERED);
  wait(MINUTE_MS);
  await notify.sweep();
  await notify.sweep();
  expect(sent).toEqual(["shop one failed", "shop one"]);
});
