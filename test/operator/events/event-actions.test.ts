/** Events, subscribers, replays and resumes as operators ask for them, on the stores in memory. */
import { randomUUID } from "node:crypto";
import { beforeEach, describe, expect, it, jest } from "@jest/globals";
import { sha256Hex } from "../../../lib/core/sha256.ts";
import { streamKey } from "../../../lib/core/stream.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../../lib/core/time.ts";
import { toCloudEvent } from "../../../lib/events/cloud-event.ts";
import type { LoggedEvent } from "../../../lib/events/event.ts";
import type { Delivery, SubscriberState } from "../../../lib/notify/records.ts";
import type { OperatorResponse } from "../../../lib/operator/contract/response-schema.ts";
import type { EventDeps } from "../../../lib/operator/events/deps.ts";
import { withLock } from "../../notify/notify-items.ts";
import { NOON } from "../../support/fixtures.ts";
import { createMemoryNotifyStore, type MemoryNotifyStore } from "../../support/memory-notify-store.ts";
import { createIncidentWorld, type IncidentWorld } from "../operator-world.ts";

const ROOM = { domain: "push.example.com", app: "live", stream: "room-42" };
const KEY = `stream.${sha256Hex(streamKey(ROOM))}`;
const PROBLEM = "the receiver answered 503";
const ago = (ms: number): string => new Date(NOON.getTime() - ms).toISOString();

let world: IncidentWorld;
let store: MemoryNotifyStore;
let events: EventDeps;

beforeEach(async () => {
  for (const level of ["info", "warn"] as const) jest.spyOn(console, level).mockImplementation(() => {});
  world = await createIncidentWorld();
  store = createMemoryNotifyStore({ now: world.deps.now });
  events = {
    store,
    subscribers: {
      platform: {
        url: "https://platform.example:8443/hooks/T0KEN?key=SECRET",
        events: ["stream.paused", "stream.disabled"],
      },
    },
    asSent: (event) => toCloudEvent(event, { source: "/offair/test" }),
    now: world.deps.now,
  };
});

const ask = (event: object): Promise<OperatorResponse> => world.ask(event, { events });
const list = (event: object = {}) => ask({ action: "events", since: ago(DAY_MS), ...event });
const idsOf = ({ events: rows = [] }: OperatorResponse): string[] => rows.map(({ event }) => event.id);

/** The numbers of a key follow each other. */
async function logged(
  id: string,
  change: Partial<LoggedEvent> & { readonly agoMs?: number } = {},
): Promise<LoggedEvent> {
  const { agoMs = HOUR_MS, orderingKey = KEY, ...rest } = change;
  const [last] = (await store.tail(orderingKey, 1)).events;
  const at = ago(agoMs);
  const event: LoggedEvent = {
    ...{ id, type: "stream.disabled", orderingKey, number: (last?.number ?? 0) + 1, time: at, loggedAt: at, data: {} },
    ...rest,
  };
  expect(await store.append([event])).toBe(true);
  return event;
}

async function delivered(change: Partial<Delivery>, subscriber = "platform", orderingKey = KEY): Promise<void> {
  const holder = randomUUID();
  const before = (await store.lockDelivery(orderingKey, subscriber, holder, world.deps.now()))?.sent;
  const delivery = { orderingKey, subscriber, sent: 0, ...change };
  const dueAt = delivery.failing && new Date(delivery.failing.nextAt);
  expect(await store.writeDelivery(delivery, withLock(holder, before, dueAt))).toBeDefined();
}

const stateOf = (name: string, change: Partial<SubscriberState> = {}): Promise<boolean> =>
  store.replaceSubscriber({ name, since: ago(30 * DAY_MS), ...change }, undefined);
const ENDED = { at: ago(HOUR_MS), because: "gone", missedSince: ago(2 * HOUR_MS) } as const;
const failingAt = ({ number, id, type }: LoggedEvent) => ({
  ...{ number, eventId: id, type, attempts: 4, since: ago(HOUR_MS), lastAt: ago(MINUTE_MS), problem: PROBLEM },
  nextAt: ago(-MINUTE_MS),
});

describe("events", () => {
  it("are listed as subscribers receive them, the newest first or in order, page by page", async () => {
    for (const [index, id] of ["a", "b", "c"].entries()) await logged(id, { agoMs: (10 - index) * MINUTE_MS });
    const newest = await list({ limit: 2 });
    expect(idsOf(newest)).toEqual(["c", "b"]);
    expect(newest.events?.[0]).toEqual({
      event: expect.objectContaining({ specversion: "1.0", source: "/offair/test", sequence: "3", orderingkey: KEY }),
      loggedAt: ago(8 * MINUTE_MS),
    });
    expect(idsOf(await list({ limit: 2, after: newest.next }))).toEqual(["a"]);
    const oldest = await list({ limit: 2, order: "oldest" });
    expect(idsOf(oldest)).toEqual(["a", "b"]);
    expect(await list({ limit: 2, order: "oldest", after: oldest.next })).toMatchObject({
      events: [{ event: { id: "c" } }],
    });
    expect((await list({ limit: 3 })).next).toBeUndefined();
  });

  it("of one time, of one type, of one stream", async () => {
    await logged("old", { agoMs: 3 * HOUR_MS });
    await logged("paused", { type: "stream.paused", agoMs: 2 * HOUR_MS });
    await logged("key", { type: "key.blocked", orderingKey: "type.key.blocked", agoMs: HOUR_MS });
    expect(idsOf(await list({ since: ago(2 * HOUR_MS), until: ago(HOUR_MS) }))).toEqual(["paused"]);
    expect(idsOf(await list({ type: "key.blocked" }))).toEqual(["key"]);
    expect(idsOf(await list({ stream: ROOM }))).toEqual(["paused", "old"]);
    expect(idsOf(await list({ stream: { ...ROOM, stream: "another" } }))).toEqual([]);
  });

  it("fit into one response, and the next page goes on where this one was cut", async () => {
    const data = { reason: "x".repeat(60_000) };
    for (let number = 1; number <= 80; number++) await logged(`e${number}`, { data, agoMs: HOUR_MS - number });
    const ids: string[] = [];
    let pages = 0;
    for (let after: string | undefined; pages < 80; pages++) {
      const page = await list({ limit: 5_000, order: "oldest", ...(after !== undefined && { after }) });
      expect(JSON.stringify(page).length).toBeLessThan(3_500_000);
      ids.push(...idsOf(page));
      after = page.next;
      if (after === undefined) break;
    }
    expect(pages).toBeGreaterThan(0);
    expect(ids).toEqual(Array.from({ length: 80 }, (_, index) => `e${index + 1}`));
  });

  it("say what became of each for one subscriber", async () => {
    await stateOf("platform", { since: ago(5 * HOUR_MS) });
    await logged("before", { agoMs: 6 * HOUR_MS });
    await logged("taken", { agoMs: 4 * HOUR_MS });
    const lost = await logged("lost", { agoMs: 3 * HOUR_MS });
    await logged("other", { type: "stream.enabled", agoMs: 2 * HOUR_MS });
    const failing = await logged("failing", { agoMs: HOUR_MS });
    await logged("waiting", { agoMs: MINUTE_MS });
    const given = { subscriber: "platform", orderingKey: KEY, number: lost.number, eventId: lost.id, type: lost.type };
    await store.addGivenUp({ ...given, attempts: 90, since: ago(3 * DAY_MS), at: ago(HOUR_MS), problem: PROBLEM });
    await delivered({ sent: 4, failing: failingAt(failing) });
    const { events: rows = [] } = await list({ subscriber: "platform", order: "oldest" });
    expect(rows.map(({ event, delivery }) => [event.id, delivery?.state])).toEqual([
      ["before", "not-subscribed"],
      ["taken", "delivered"],
      ["lost", "given-up"],
      ["other", "not-subscribed"],
      ["failing", "failing"],
      ["waiting", "waiting"],
    ]);
    expect(rows[2]?.delivery).toMatchObject({ attempts: 90, gaveUpAt: ago(HOUR_MS), problem: PROBLEM });
    expect(rows[4]?.delivery).toMatchObject({ attempts: 4, nextAt: ago(-MINUTE_MS), problem: PROBLEM });
    const toTheBus = await list({ subscriber: "bus", order: "oldest" });
    expect(new Set(toTheBus.events?.map(({ delivery }) => delivery?.state))).toEqual(new Set(["waiting"]));
  });

  it("that an ended subscription does not get are missed, and not those that it took before", async () => {
    await logged("taken", { agoMs: 3 * HOUR_MS });
    await logged("missed", { agoMs: HOUR_MS });
    await delivered({ sent: 1 });
    await stateOf("platform", { ended: ENDED });
    const { events: rows = [] } = await list({ subscriber: "platform", order: "oldest" });
    expect(rows.map(({ delivery }) => delivery?.state)).toEqual(["delivered", "missed"]);
  });

  it("of a subscriber that nobody knows are refused, as is a place that is none", async () => {
    expect(await list({ subscriber: "nobody" })).toMatchObject({ ok: false, errors: [{ pointer: "/subscriber" }] });
    expect(await list({ after: "yesterday" })).toMatchObject({ ok: false, errors: [{ pointer: "/after" }] });
    expect(await list({ until: ago(2 * DAY_MS) })).toMatchObject({ ok: false, errors: [{ pointer: "/until" }] });
  });
});

describe("subscribers", () => {
  it("are the bus, those of the policy, and those that the policy no longer has", async () => {
    await stateOf("bus", { lastDeliveredAt: ago(MINUTE_MS) });
    await stateOf("gone", { ended: { ...ENDED, because: "removed" } });
    const failing = await logged("failing");
    await delivered({ failing: failingAt(failing) });
    const { subscribers = [] } = await ask({ action: "subscribers" });
    expect(subscribers).toMatchObject([
      { name: "bus", state: "active", failing: 0, lastDeliveredAt: ago(MINUTE_MS) },
      {
        ...{ name: "platform", state: "active", failing: 1, oldestFailingSince: ago(HOUR_MS), problem: PROBLEM },
        ...{ url: "https://platform.example:8443", events: ["stream.paused", "stream.disabled"] },
      },
      { name: "gone", state: "ended", ended: { because: "removed" } },
    ]);
    expect(subscribers[2]).not.toHaveProperty("url");
    expect(JSON.stringify(subscribers)).not.toMatch(/T0KEN|SECRET/); // a path or query may be all that the receiver checks
  });

  it("back off, or only fail now and then", async () => {
    const backOff = { since: ago(MINUTE_MS), until: ago(-MINUTE_MS) };
    await stateOf("platform", { lastDeliveredAt: ago(HOUR_MS), backOff: { failures: 1, ...backOff } });
    await stateOf("bus", { backOff: { failures: 7, ...backOff }, behind: { since: ago(MINUTE_MS) } });
    const { subscribers = [] } = await ask({ action: "subscribers" });
    expect(subscribers.map(({ name, state }) => [name, state])).toEqual([
      ["bus", "backing-off"],
      ["platform", "active"],
    ]);
  });
});

const replay = { action: "replay-events", subscriber: "platform", since: ago(2 * HOUR_MS) };

describe("a replay", () => {
  it("is stored once, with who asked and why, however often the request is sent", async () => {
    const id = randomUUID();
    const request = { ...replay, id, until: ago(HOUR_MS), dryRun: false };
    const first = await ask(request);
    expect(first).toMatchObject({ ok: true, dryRun: false, replay: { since: replay.since, until: ago(HOUR_MS) } });
    expect(await ask(request)).toEqual(first);
    expect(await store.listReplays("platform", 10)).toEqual([
      {
        ...{ id, subscriber: "platform", since: replay.since, until: ago(HOUR_MS) },
        ...{ by: "ana (claimed)", askedAt: NOON.toISOString(), reason: "INC-881" },
      },
    ]);
    expect(await store.listDue(NOON, 10)).toEqual([{ kind: "replay", subscriber: "platform", id }]);
    const { subscribers = [] } = await ask({ action: "subscribers" });
    expect(subscribers[1]?.replays).toMatchObject([{ id, by: "ana (claimed)", reason: "INC-881" }]);
  });

  it("without dryRun only counts the events that the subscriber gets", async () => {
    await logged("old", { agoMs: 3 * HOUR_MS });
    await logged("paused", { type: "stream.paused" });
    await logged("enabled", { type: "stream.enabled" });
    expect(await ask(replay)).toMatchObject({
      ok: true,
      dryRun: true,
      replay: { count: 1, until: NOON.toISOString() },
    });
    expect(await ask({ ...replay, subscriber: "bus" })).toMatchObject({ replay: { count: 2 } });
    expect(await store.listReplays("platform", 10)).toEqual([]);
  });

  it.each<[string, object, string, RegExp]>([
    ["to nobody", { subscriber: "nobody" }, "/subscriber", /is not a subscriber/],
    [
      "of a time that the log does not have",
      { since: ago(91 * DAY_MS) },
      "/since",
      /last 90 days .*offair events list --bundle/,
    ],
    ["of the future", { since: ago(-HOUR_MS) }, "/since", /is in the future/],
    ["of no time", { until: ago(3 * HOUR_MS) }, "/until", /later than since/],
  ])("%s is refused", async (_, change, pointer, message) => {
    for (const dryRun of [true, false]) {
      expect(await ask({ ...replay, dryRun, ...change })).toMatchObject({
        ok: false,
        errors: [{ pointer, message: expect.stringMatching(message) }],
      });
    }
    expect(await store.listReplays("platform", 10)).toEqual([]);
  });

  it("to an ended subscription is refused: it is resumed instead", async () => {
    await stateOf("platform", { ended: ENDED });
    const { errors } = await ask({ ...replay, dryRun: false });
    expect(errors).toMatchObject([
      { pointer: "/subscriber", message: expect.stringContaining("offair events resume") },
    ]);
  });

  it("never goes beyond the time of the request", async () => {
    await ask({ ...replay, until: ago(-HOUR_MS), dryRun: false });
    expect(await store.listReplays("platform", 1)).toMatchObject([{ until: NOON.toISOString() }]);
  });
});

const resume = { action: "resume-subscriber", subscriber: "platform" };

describe("a resume", () => {
  it("makes the subscription active, with what it missed, and says who and why", async () => {
    await stateOf("platform", { ended: ENDED });
    await logged("missed");
    expect(await ask(resume)).toMatchObject({ dryRun: true, replay: { since: ENDED.missedSince, count: 1 } });
    expect((await store.readSubscriber("platform"))?.state).toHaveProperty("ended");
    const id = randomUUID();
    const first = await ask({ ...resume, id, dryRun: false });
    expect(first).toMatchObject({ ok: true, replay: { since: ENDED.missedSince } });
    const { state } = (await store.readSubscriber("platform")) ?? {};
    expect(state).toMatchObject({
      resumed: { at: NOON.toISOString(), by: "ana (claimed)", reason: "INC-881" },
      behind: { since: ENDED.missedSince },
    });
    expect(state).not.toHaveProperty("ended");
    expect(await ask({ ...resume, id, dryRun: false })).toEqual(first);
  });

  it("is refused for a subscriber that has not ended, or that the policy does not have", async () => {
    await stateOf("platform");
    await stateOf("gone", { ended: ENDED });
    for (const [subscriber, message] of [
      ["platform", /has not ended/],
      ["bus", /has not ended/],
      ["gone", /is not a subscriber/],
    ] as const) {
      expect(await ask({ ...resume, subscriber, dryRun: false })).toMatchObject({
        ok: false,
        errors: [{ pointer: "/subscriber", message: expect.stringMatching(message) }],
      });
    }
  });

  it("is tried again if the delivery writes the state at the same time", async () => {
    await stateOf("platform", { ended: ENDED });
    let faster = 2;
    const racing: EventDeps["store"] = {
      ...store,
      replaceSubscriber: (state, before) =>
        faster-- > 0 ? Promise.resolve(false) : store.replaceSubscriber(state, before),
    };
    const answer = await world.ask({ ...resume, dryRun: false }, { events: { ...events, store: racing } });
    expect(answer).toMatchObject({ ok: true });
    expect((await store.readSubscriber("platform"))?.state).not.toHaveProperty("ended");
  });
});
