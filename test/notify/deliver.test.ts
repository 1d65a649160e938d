import { beforeEach, describe, expect, it, jest } from "@jest/globals";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "../../lib/core/time.ts";
import { deliver } from "../../lib/notify/deliver.ts";
import { publish } from "../../lib/notify/publish.ts";
import type { Run } from "../../lib/notify/run.ts";
import { resumeSubscriber } from "../../lib/notify/subscriber-health.ts";
import { withFaults } from "../support/faulty-store.ts";
import { NOON } from "../support/fixtures.ts";
import { anEvent, createNotifyWorld, DELIVERED, DOWN, GONE, KEY, REFUSED } from "./notify-world.ts";

beforeEach(() => {
  for (const method of ["info", "warn", "error"] as const) jest.spyOn(console, method).mockImplementation(() => {});
});

it("sends what is in the log in order, and nothing a second time", async () => {
  const { run, log, sent } = await createNotifyWorld();
  await log(anEvent("one"), anEvent("two"));
  expect(await deliver(run(), KEY, "shop")).toBe("delivered");
  await log(anEvent("three"));
  expect(await deliver(run(), KEY, "shop")).toBe("delivered");
  expect(sent).toEqual(["shop one", "shop two", "shop three"]);
});

it("passes over types that the subscriber did not ask for; the bus gets all", async () => {
  const { run, log, sent } = await createNotifyWorld(["audit.drift"]);
  await log(anEvent("one"), anEvent("two", { type: "audit.drift" }));
  await deliver(run(), KEY, "shop");
  await deliver(run(), KEY, "bus");
  expect(sent).toEqual(["shop two", "bus one", "bus two"]);
});

/** Another environment adds the event "two" to the log, and delivers it, while "one" is sent. */
async function meanwhile(sender: Run, other: () => Run): Promise<{ run: Run; result: () => string | undefined }> {
  let result: string | undefined;
  const send: Run["send"] = async (name, event, options) => {
    if (event.id === "one") result = await deliver(other(), KEY, "shop", await logged(other(), "two"));
    return sender.send(name, event, options);
  };
  return { run: { ...sender, send }, result: () => result };
}
const logged = (run: Run, id: string) => publish(run, KEY, [{ event: anEvent(id), since: NOON.toISOString() }]);

it("sends an event that another environment added while it found the lock taken", async () => {
  const { run, log, sent } = await createNotifyWorld();
  await log(anEvent("one"));
  const first = await meanwhile(run(), run);
  expect(await deliver(first.run, KEY, "shop")).toBe("delivered");
  expect(first.result()).toBe("locked");
  expect(sent).toEqual(["shop one", "shop two"]);
});

describe("an event that was logged just now", () => {
  it("is sent by its logger without a lock: with one request", async () => {
    const { run, store, sent } = await createNotifyWorld();
    const published = await logged(run(), "one");
    const requests: string[] = [];
    const counted = withFaults(store, (method) => {
      requests.push(method);
      return "none";
    });
    const known = run();
    await known.states();
    expect(await deliver({ ...known, store: counted }, KEY, "bus", published)).toBe("delivered");
    expect(await deliver({ ...known, store: counted }, KEY, "shop", published)).toBe("delivered");
    expect(requests.filter((method) => !/Subscriber/.test(method))).toEqual(["writeDelivery", "writeDelivery"]);
    expect(sent).toEqual(["bus one", "shop one"]);
  });

  it("is left to its logger by the others, as long as a lock lasts", async () => {
    const { run, wait, sent } = await createNotifyWorld();
    await logged(run(), "one");
    expect(await deliver(run(), KEY, "shop")).toBe("locked");
    wait(25 * SECOND_MS);
    expect(await deliver(run(), KEY, "shop")).toBe("locked");
    wait(SECOND_MS);
    expect(await deliver(run(), KEY, "shop")).toBe("delivered");
    expect(sent).toEqual(["shop one"]);
  });

  it("is followed by an event that another environment logged while it was sent", async () => {
    const { run, sent } = await createNotifyWorld();
    const published = await logged(run(), "one");
    const first = await meanwhile(run(), run);
    expect(await deliver(first.run, KEY, "shop", published)).toBe("delivered");
    expect(first.result()).toBe("locked");
    expect(sent).toEqual(["shop one", "shop two"]);
  });

  it("is tried again by anybody once its logger has failed", async () => {
    const { run, answers, wait, notify, sent } = await createNotifyWorld();
    answers(() => REFUSED);
    expect(await deliver(run(), KEY, "shop", await logged(run(), "one"))).toBe("recorded");
    answers(() => DELIVERED);
    wait(2 * SECOND_MS);
    await notify.sweep();
    expect(sent).toEqual(["shop one failed", "shop one"]);
  });
});

describe("an event that is refused", () => {
  it("holds back the next of its key only, and is tried again when its time has come", async () => {
    const { run, log, sent, answers, notify, wait } = await createNotifyWorld();
    await log(anEvent("one"), anEvent("two"), anEvent("other", { orderingKey: "type.audit.drift" }));
    answers((_name, { id }) => (id === "one" ? REFUSED : DELIVERED));
    expect(await deliver(run(), KEY, "shop")).toBe("recorded");
    expect(await deliver(run(), KEY, "shop")).toBe("recorded");
    expect(await deliver(run(), "type.audit.drift", "shop")).toBe("delivered");
    answers(() => DELIVERED);
    wait(2 * SECOND_MS);
    await notify.sweep();
    expect(sent).toEqual(["shop one failed", "shop other", "shop one", "shop two"]);
  });

  it("is tried again no earlier than the receiver asked for", async () => {
    const { run, log, sent, answers, notify, wait } = await createNotifyWorld();
    await log(anEvent("one"));
    answers(() => ({ ...REFUSED, retryAfterMs: MINUTE_MS }));
    await deliver(run(), KEY, "shop");
    answers(() => DELIVERED);
    wait(55 * SECOND_MS);
    await notify.sweep();
    expect(sent).toEqual(["shop one failed"]);
    wait(5 * SECOND_MS);
    await notify.sweep();
    expect(sent).toEqual(["shop one failed", "shop one"]);
  });

  it("is given up after three days if the subscriber takes others, and kept for people to see", async () => {
    const { run, log, sent, answers, store, wait, notify, shop } = await createNotifyWorld();
    await log(anEvent("bad"), anEvent("next"));
    answers((_name, { id }) => (id === "bad" ? REFUSED : DELIVERED));
    await deliver(run(), KEY, "shop");
    for (let hour = 0; hour < 73; hour++) {
      wait(HOUR_MS);
      await log(anEvent(`other-${hour}`, { orderingKey: "type.audit.drift" }));
      await deliver(run(), "type.audit.drift", "shop");
      await notify.sweep();
    }
    expect(sent.at(-2)).toBe("shop next");
    expect(await store.listGivenUp("shop", 10)).toMatchObject([{ eventId: "bad", problem: "422" }]);
    expect((await shop())?.ended).toBeUndefined();
  });
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
  expect(await deliver(run(), KEY, "shop", await logged(run(), "two"))).toBe("held");
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
