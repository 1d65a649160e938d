/** What a subscriber gets that was down, or has ended. */
import { beforeEach, describe, expect, it, jest } from "@jest/globals";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "../../lib/core/time.ts";
import { deliver } from "../../lib/notify/deliver.ts";
import { publish } from "../../lib/notify/publish.ts";
import { resumeSubscriber } from "../../lib/notify/subscriber-health.ts";
import { NOON } from "../support/fixtures.ts";
import { anEvent, createNotifyWorld, DELIVERED, DOWN, GONE, KEY } from "./notify-world.ts";

beforeEach(() => {
  for (const method of ["info", "warn", "error"] as const) jest.spyOn(console, method).mockImplementation(() => {});
});

describe("a subscriber that is down", () => {
  it("gets one event after each wait, and everything in order once it takes one", async () => {
    const { run, log, sent, answers, wait, notify, store, shop } = await createNotifyWorld();
    const keys = [1, 2, 3, 4, 5].map((number) => `type.t-${number}`);
    answers(() => DOWN);
    for (const orderingKey of keys) {
      await log(anEvent(`${orderingKey}-one`, { orderingKey }), anEvent(`${orderingKey}-two`, { orderingKey }));
      await deliver(run(), orderingKey, "shop");
    }
    expect(sent).toHaveLength(3); // the fourth and the fifth key are held back
    const before = sent.length;
    wait(HOUR_MS);
    await notify.sweep();
    expect(sent.slice(before)).toHaveLength(1);
    answers(() => DELIVERED);
    for (let hour = 0; hour < 3; hour++) {
      wait(HOUR_MS);
      await notify.sweep();
      wait(MINUTE_MS);
      await notify.sweep();
    }
    const taken = sent.filter((line) => !line.endsWith("failed"));
    for (const key of keys) {
      expect(taken.filter((line) => line.includes(key))).toEqual([`shop ${key}-one`, `shop ${key}-two`]);
    }
    expect(await shop()).not.toHaveProperty("behind");
    expect(await store.listDue(new Date(Date.now() + DAY_MS), 10)).toEqual([]);
  });

  it("ends after three days, and not the bus", async () => {
    const { log, answers, wait, notify, shop, store } = await createNotifyWorld();
    await log(anEvent("one"));
    answers(() => DOWN);
    await store.write({ kind: "key", user: "audit", keyHash: "ab", since: "2026-11-21T12:00:00Z" });
    for (let hour = 0; hour < 80; hour++) {
      await notify.sweep();
      wait(HOUR_MS);
    }
    expect(await shop()).toMatchObject({ ended: { because: "failing" } });
    expect((await store.readSubscriber("bus"))?.state.ended).toBeUndefined();
  });
});

it("gets at once after a resume what was logged just before and held back", async () => {
  const { run, log, sent, answers, notify, store, wait } = await createNotifyWorld();
  await log(anEvent("one"));
  answers(() => GONE);
  await deliver(run(), KEY, "shop");
  answers(() => DELIVERED);
  wait(HOUR_MS);
  expect(
    await deliver(
      run(),
      KEY,
      "shop",
      await publish(run(), KEY, [{ event: anEvent("two"), since: NOON.toISOString() }]),
    ),
  ).toBe("held");
  const found = await store.readSubscriber("shop");
  if (!found) throw new Error("there is a state");
  wait(SECOND_MS);
  const resumed = resumeSubscriber(found.state, { at: run().now(), by: "ana", reason: "repaired" });
  await store.replaceSubscriber(resumed, found.revision);
  await notify.sweep();
  expect(sent).toEqual(["shop one gone", "shop one", "shop two"]);
});

it("ends with an answer 410, and gets what it missed after a person resumed it", async () => {
  const { run, log, sent, answers, wait, notify, store, shop } = await createNotifyWorld();
  await log(anEvent("one"));
  answers(() => GONE);
  const first = run();
  await deliver(first, KEY, "shop");
  expect(first.tally.ended).toBe(1);
  expect(await shop()).toMatchObject({ ended: { because: "gone", missedSince: "2026-11-21T11:59:00.000Z" } });
  answers(() => DELIVERED);
  wait(HOUR_MS);
  await log(anEvent("two"));
  expect(await deliver(run(), KEY, "shop")).toBe("held");
  const found = await store.readSubscriber("shop");
  if (!found) throw new Error("there is a state");
  const resumed = resumeSubscriber(found.state, { at: run().now(), by: "ana", reason: "repaired" });
  await store.replaceSubscriber(resumed, found.revision);
  wait(MINUTE_MS);
  await notify.sweep();
  expect(sent).toEqual(["shop one gone", "shop one", "shop two"]);
});
