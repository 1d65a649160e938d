import { expect, it, jest } from "@jest/globals";
import { HOUR_MS, MINUTE_MS } from "../../lib/core/time.ts";
import type { Replay } from "../../lib/notify/records.ts";
import { NOON } from "../support/fixtures.ts";
import { later, withLock } from "./notify-items.ts";
import { anEvent, createNotifyWorld, DELIVERED, DOWN, REFUSED } from "./notify-world.ts";

for (const method of ["info", "warn", "error"] as const) jest.spyOn(console, method).mockImplementation(() => {});

const aReplay = (askedAt: Date, change: Partial<Replay> = {}): Replay => ({
  ...{ id: "r-1", subscriber: "shop", since: later(-MINUTE_MS).toISOString(), until: askedAt.toISOString() },
  ...{ by: "ana", askedAt: askedAt.toISOString(), reason: "lost there" },
  ...change,
});

async function delivered() {
  const world = await createNotifyWorld();
  for (const orderingKey of ["type.a", "type.b"]) {
    await world.log(anEvent(`${orderingKey}-1`, { orderingKey }), anEvent(`${orderingKey}-2`, { orderingKey }));
  }
  for (const key of world.store.orderingKeys()) {
    const holder = `h-${key}`;
    await world.store.lockDelivery(key, "shop", holder, NOON);
    await world.store.writeDelivery({ orderingKey: key, subscriber: "shop", sent: 2 }, withLock(holder));
  }
  world.wait(HOUR_MS);
  return world;
}

it("sends everything again with the same ids, in the order of each key, and finishes", async () => {
  const { store, deps, notify, sent } = await delivered();
  await store.addReplay(aReplay(deps.now()));
  await notify.sweep();
  for (const key of ["type.a", "type.b"]) {
    expect(sent.filter((line) => line.includes(key))).toEqual([`shop ${key}-1`, `shop ${key}-2`]);
  }
  expect(await store.readReplay("shop", "r-1")).toMatchObject({ sent: 4, finishedAt: deps.now().toISOString() });
});

it("sends nothing that the subscriber does not have yet, and goes on where it stopped while the subscriber is down", async () => {
  const { store, deps, notify, sent, log, answers, wait } = await delivered();
  await log(anEvent("not yet", { orderingKey: "type.a" }));
  await store.addReplay(aReplay(deps.now()));
  answers(() => DOWN);
  await notify.sweep();
  expect(sent).toHaveLength(1);
  answers((_name, { id }) => (id === "type.a-2" ? REFUSED : DELIVERED));
  wait(MINUTE_MS);
  await notify.sweep();
  expect(sent.slice(1)).toEqual(["shop type.a-1", "shop type.a-2 failed", "shop type.b-1", "shop type.b-2"]);
  expect(await store.readReplay("shop", "r-1")).toMatchObject({ sent: 3 });
});
