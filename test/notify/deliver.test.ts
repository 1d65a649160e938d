import { beforeEach, describe, expect, it, jest } from "@jest/globals";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../../lib/core/time.ts";
import { deliver } from "../../lib/notify/deliver.ts";
import { DELIVERY_LOCK_MS } from "../../lib/notify/delivery-lock.ts";
import { publish } from "../../lib/notify/publish.ts";
import type { Run } from "../../lib/notify/run.ts";
import { withFaults } from "../support/faulty-store.ts";
import { NOON } from "../support/fixtures.ts";
import { anEvent, createNotifyWorld, DELIVERED, KEY, REFUSED } from "./notify-world.ts";

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
    wait(DELIVERY_LOCK_MS);
    expect(await deliver(run(), KEY, "shop")).toBe("locked");
    wait(1);
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

  it("is sent by the next sweep if its logger had no time for it", async () => {
    const { run, answers, wait, notify, sent } = await createNotifyWorld();
    answers(() => {
      wait(11 * SECOND_MS);
      return DELIVERED;
    });
    const events = ["one", "two"].map((id) => ({ event: anEvent(id), since: NOON.toISOString() }));
    const first = run();
    expect(await deliver(first, KEY, "shop", await publish(first, KEY, events))).toBe("recorded");
    await notify.sweep();
    expect(sent).toEqual(["shop one", "shop two"]);
  });

  it("is left to the next sweep if its logger has no time at all", async () => {
    const { run, wait, notify, sent } = await createNotifyWorld();
    const first = run();
    const published = await logged(first, "one");
    wait(11 * SECOND_MS);
    expect(await deliver(first, KEY, "shop", published)).toBe("recorded");
    await notify.sweep();
    expect(sent).toEqual(["shop one"]);
  });

  it("is left to the next sweep if its logger is asked for it when its time is over", async () => {
    const { run, answers, wait, notify, sent } = await createNotifyWorld();
    const first = run();
    const published = await logged(first, "one");
    const late = await meanwhile(first, run);
    answers((_name, { id }) => {
      if (id === "one") wait(11 * SECOND_MS);
      return DELIVERED;
    });
    expect(await deliver(late.run, KEY, "shop", published)).toBe("recorded");
    expect(late.result()).toBe("locked");
    await notify.sweep();
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
