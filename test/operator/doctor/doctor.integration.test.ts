import { SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { ReceiveMessageCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { describe, expect, it } from "@jest/globals";
import { createAdmissionStore } from "../../../lib/aws/dynamodb/admission-store.ts";
import { createCanaryStore } from "../../../lib/aws/dynamodb/canary.ts";
import { createChainHead } from "../../../lib/aws/dynamodb/chain-head.ts";
import { createClockStore } from "../../../lib/aws/dynamodb/clock.ts";
import { createOperatorEvents } from "../../../lib/aws/dynamodb/notify/operator-events.ts";
import { createRotationStore } from "../../../lib/aws/dynamodb/rotation-store.ts";
import { createListSubscribers } from "../../../lib/aws/sns-subscribers.ts";
import { createReadDepth } from "../../../lib/aws/sqs/queue-depths.ts";
import type { CanaryResult } from "../../../lib/canary/canary-run.ts";
import { HOUR_MS, MINUTE_MS } from "../../../lib/core/time.ts";
import type { ReportRecord } from "../../../lib/decisions/report-record.ts";
import {
  accepted,
  formatKeyState,
  type KeyState,
  refused,
  UNKNOWN_KEY,
} from "../../../lib/huawei/admission/key-state.ts";
import { parseCredentials } from "../../../lib/huawei/api/credentials.ts";
import type { Check } from "../../../lib/operator/contract/response-schema.ts";
import type { DoctorDeps } from "../../../lib/operator/doctor/doctor.ts";
import type { RotationRecord } from "../../../lib/rotation/rotation-record.ts";
import { AT, later, record } from "../../ledger/records.ts";
import { withLock } from "../../notify/notify-items.ts";
import { NOON, weaponsReport } from "../../support/fixtures.ts";
import { TABLE } from "../../support/table.ts";
import { DOMAIN, PERMISSIONS, useDoctorWorld } from "./doctor-world.ts";

const world = useDoctorWorld();
const LIVE = `live ${DOMAIN}`;
const ONLINE = `online-list ${DOMAIN}`;
const STANDBY = `standby ${DOMAIN}`;

/** One check of all. */
async function check(name: string, change: Partial<DoctorDeps> = {}): Promise<Check | undefined> {
  return (await world.ask(change)).checks?.find((each) => each.name === name);
}
const ago = (ms: number) => new Date(NOON.getTime() - ms);
const send = (QueueUrl: string) => world.queues.client.send(new SendMessageCommand({ QueueUrl, MessageBody: "{}" }));

/** What a day that is in order leaves behind. */
async function allIsWell(): Promise<void> {
  await createClockStore(world.table.dynamo, TABLE).writeSwept({ sweptAt: NOON.toISOString(), open: 0, overdue: 0 });
  await noteKey(accepted(UNKNOWN_KEY, at(ago(5 * MINUTE_MS))));
  await noteHead(ago(20 * MINUTE_MS));
  await world.ledger.writeMode({
    mode: "enforce",
    changedAt: ago(HOUR_MS).toISOString(),
    changedBy: "ana",
    reason: "",
  });
  await subscribe(world.topicArn);
  await canaryEnded(ago(MINUTE_MS));
}
const canaryEnded = (at: Date, change: Partial<CanaryResult> = {}) =>
  createCanaryStore(world.table.dynamo, TABLE).writeResult({
    ...{ id: "canary_1", startedAt: at.toISOString(), endedAt: at.toISOString(), result: "arrived" },
    tookMs: { webhook: 100, queue: 250, disable: 1_800, enable: 1_200 },
    ...change,
  });
const at = (date: Date) => ({
  version: "1",
  holder: "worker-1",
  sentAtMs: date.getTime(),
  nowMs: date.getTime(),
  skewMs: 0,
});
const noteKey = (state: KeyState, key = "key-1", user = "worker") =>
  createAdmissionStore(world.table.dynamo, TABLE, user, world.now).replaceKey(
    key,
    formatKeyState(state),
    "1",
    undefined,
  );
const noteHead = (writtenAt: Date) =>
  createChainHead(world.table.dynamo, TABLE).write({
    ...{ number: 812, sha256: "0".repeat(64), writtenAt: writtenAt.toISOString() },
  });
/** A queue's subscription confirms itself; the stand-in confirms every other one as well. */
const subscribe = (TopicArn: string) =>
  world.sns.send(
    new SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint: "arn:aws:sqs:eu-central-1:000000000000:pager" }),
  );

it("says of every thing that it works, where it does, and sends Live one call a list", async () => {
  await allIsWell();
  const answer = await world.ask();
  expect(answer.checks?.filter(({ state }) => state !== "ok")).toEqual([]);
  expect(answer).toMatchObject({ ok: true, errors: [], results: [] });
  expect(answer.checks?.map(({ name }) => name)).toEqual([
    ...[LIVE, ONLINE, STANDBY, "huawei-users", "key worker", "key audit", "key-rotation", "queue urgent", "queue bulk"],
    ...["dead-letters urgent", "dead-letters bulk", "dead-letters audit", "audit", "canary", "clock"],
    ...[
      "events",
      "subscriber bus",
      "subscriber platform",
      "mode",
      "frozen-sources",
      "reviews",
      "alerts",
      "live-clock",
      "out-of-reach",
    ],
  ]);
  expect(world.live.calls().map(({ method, path }) => `${method} ${path}`)).toEqual([
    "GET stream/blocks",
    "GET realtime/streams",
    "GET domain/stream-backup",
  ]);
});

it("names what it must not read, and where that shows instead", async () => {
  expect((await check("out-of-reach"))?.says).toMatch(/Not checked.*key worker.*audit.*secrets of the sources/);
});

describe("Live", () => {
  it("a wrong pair is told once by Live, and with the advice not to test it elsewhere", async () => {
    world.secret = JSON.stringify({ ak: "AKAUDIT", sk: "another" });
    expect(await check(LIVE)).toMatchObject({
      state: "failed",
      says: expect.stringContaining("ERR_LIVE_SIGNATURE"),
      remedy: expect.stringMatching(/correct AK\/SK pair.*not test it elsewhere/),
    });
    expect(world.live.calls()).toHaveLength(1);
  });

  it("a secret that nobody has filled in is told as such, and nothing is sent", async () => {
    world.secret = "{}";
    expect(await check(LIVE)).toMatchObject({
      ...{ state: "failed", says: expect.stringMatching(/ERR_SECRET.*ak/) },
      remedy: expect.stringContaining("Store {"),
    });
    expect(world.live.calls()).toEqual([]);
  });

  it.each([
    [LIVE, PERMISSIONS[1], PERMISSIONS[0]],
    [ONLINE, PERMISSIONS[0], PERMISSIONS[1]],
  ])("%s: a permission that is missing is named, and the other list is well", async (name, has = "", lacks = "") => {
    world.allow([has]);
    const { checks = [] } = await world.ask();
    expect(checks.find((each) => each.name === name)).toMatchObject({
      ...{ state: "failed", remedy: expect.stringContaining(lacks) },
    });
    expect(checks.find((each) => each.name === (name === LIVE ? ONLINE : LIVE))).toMatchObject({ state: "ok" });
  });

  it("standby streams of a domain are a warning, because a pause may cut only one of several pushes", async () => {
    world.live.changeSettings({ standbyDomains: [DOMAIN] });
    expect(await check(STANDBY)).toMatchObject({
      ...{ state: "warning", says: expect.stringContaining("may cut only one") },
      remedy: expect.stringContaining("Disable instead of pausing"),
    });
    world.live.addFault({
      ...{ kind: "status", status: 404, code: "APIGW.0101", msg: "no such API" },
      match: { path: "domain/stream-backup" },
    });
    expect(await check(STANDBY)).toMatchObject({
      state: "warning",
      says: expect.stringContaining("is not known whether the domain has standby"),
    });
  });

  it("where Live throttles a setting, the remedy is to wait: no permission is missing", async () => {
    const match = { path: "domain/stream-backup" };
    world.live.addFault({ kind: "status", status: 429, code: "APIGW.0308", msg: "throttled", match, times: 1 });
    expect((await check(STANDBY))?.remedy).toMatch(/^Try again in a minute/);
  });

  it("a domain that Live does not know is told for itself, and the others are well", async () => {
    const { checks = [] } = await world.ask(world.deps({ ingestDomains: ["gone.example.com", DOMAIN] }));
    expect(checks.find(({ name }) => name === "live gone.example.com")).toMatchObject({
      ...{ state: "failed", says: expect.stringContaining("LIVE.100011001") },
      remedy: expect.stringMatching(/no such ingest domain.*policy\.yml/),
    });
    expect(checks.find(({ name }) => name === LIVE)).toMatchObject({ state: "ok" });
  });

  it.each([
    ["ahead of", 3 * HOUR_MS],
    ["behind", -3 * HOUR_MS],
  ])("a clock that is %s ours is told, though the signature was corrected for it", async (where, clockOffsetMs) => {
    world.live.changeSettings({ clockOffsetMs });
    const { checks = [] } = await world.ask();
    expect(checks.find(({ name }) => name === "live-clock")).toMatchObject({
      ...{
        state: "failed",
        says: expect.stringMatching(new RegExp(`^Live's clock is 10(800|799) s ${where} the local clock`)),
      },
      remedy: expect.stringContaining("Set the clock"),
    });
    expect(checks.find(({ name }) => name === LIVE)).toMatchObject({ state: "ok" });
  });

  it.each([
    [{ kind: "status", status: 503, code: "LIVE.100011008" }, "ERR_LIVE_UNAVAILABLE", "status page"],
    [{ kind: "status", status: 429, code: "APIGW.0308" }, "ERR_LIVE_THROTTLED", "what else uses"],
    [{ kind: "status", status: 404, code: "APIG.0101" }, "ERR_LIVE_REJECTED", "LIVE_ENDPOINT"],
    [{ kind: "status", status: 403, code: "LIVE.100011014" }, "ERR_LIVE_REJECTED", "account"],
    [{ kind: "not-json" }, "ERR_LIVE_ANSWER", "LIVE_ENDPOINT"],
  ] as const)("%j is %s, and its remedy speaks of %s", async (issue, code, remedy) => {
    world.live.addFault({ ...issue, match: { path: "stream/blocks" } });
    expect(await check(LIVE)).toMatchObject({
      ...{ state: "failed", says: expect.stringContaining(code), remedy: expect.stringContaining(remedy) },
    });
    expect(await check("live-clock")).toMatchObject({ state: "warning" });
  });
});

describe("the worker's key, which this function does not hold", () => {
  it("that Live refuses is told with its hour, and until when it is left alone", async () => {
    await noteKey(refused(UNKNOWN_KEY, at(ago(2 * MINUTE_MS)), 5 * MINUTE_MS));
    expect(await check("key worker")).toMatchObject({
      state: "failed",
      says: expect.stringMatching(/since 2026-11-21T11:58:00.000Z.*until 2026-11-21T12:03:00.000Z or/),
      remedy: expect.stringContaining("…/live/worker"),
    });
  });

  it("that is left alone for good is told so", async () => {
    await noteKey(refused({ ...UNKNOWN_KEY, failures: 4 }, at(ago(HOUR_MS)), 5 * MINUTE_MS));
    expect(await check("key worker")).toMatchObject({ says: expect.stringContaining("until its secret changes.") });
  });

  it("that took the place of a refused one counts alone", async () => {
    await noteKey(refused({ ...UNKNOWN_KEY, failures: 4 }, at(ago(HOUR_MS)), 5 * MINUTE_MS), "old");
    await noteKey(accepted(UNKNOWN_KEY, at(ago(MINUTE_MS))), "new");
    expect(await check("key worker")).toEqual({
      ...{ name: "key worker", state: "ok", says: "Live last accepted the key of worker 60 s ago." },
    });
  });

  it("that was never used is a warning: nobody knows", async () => {
    expect(await check("key worker")).toMatchObject({ state: "warning", says: expect.stringContaining("never used") });
  });
});

describe("pools of Huawei users", () => {
  const users = { worker: ["worker", "worker-2", "worker-3"], audit: ["audit", "audit-2"] };

  it("are named with their sizes, and each user has a check of its key", async () => {
    expect(await check("huawei-users", { users })).toMatchObject({
      ...{ state: "ok", says: "3 may write (worker, worker-2, worker-3), 2 may only read (audit, audit-2)." },
    });
    const names = (await world.ask({ users })).checks
      ?.map(({ name }) => name)
      .filter((name) => name.startsWith("key "));
    expect(names).toEqual(["key worker", "key worker-2", "key worker-3", "key audit", "key audit-2"]);
  });

  it("fail with the one user whose key Live refuses", async () => {
    await noteKey(accepted(UNKNOWN_KEY, at(ago(MINUTE_MS))));
    await noteKey(refused(UNKNOWN_KEY, at(ago(MINUTE_MS)), 5 * MINUTE_MS), "key-2", "worker-2");
    await noteKey(refused(UNKNOWN_KEY, at(ago(MINUTE_MS)), 5 * MINUTE_MS), "key-3", "audit-2");
    const { checks = [] } = await world.ask({ users });
    const keys = checks.filter(({ name, state }) => name.startsWith("key ") && state === "failed");
    expect(keys).toMatchObject([
      {
        name: "key worker-2",
        says: expect.stringMatching(/key of worker-2/),
        remedy: expect.stringContaining("live/worker-2;"),
      },
      {
        name: "key audit-2",
        says: expect.stringMatching(/key of audit-2/),
        remedy: expect.stringContaining("live/audit-2;"),
      },
    ]);
    expect(checks.find(({ name }) => name === "key worker")).toMatchObject({ state: "ok" });
    expect(checks.find(({ name }) => name === "key worker-3")).toMatchObject({
      ...{ state: "warning", remedy: expect.stringContaining("live/worker-3 has a value") },
    });
  });

  it("warn of the one user whose secret nobody has filled in", async () => {
    const readAuditSecret = async (user: string) => parseCredentials(user === "audit-2" ? "{}" : world.secret);
    expect(await check("key audit", { users, readAuditSecret })).toMatchObject({ state: "ok" });
    expect(await check("key audit-2", { users, readAuditSecret })).toMatchObject({
      ...{ state: "warning", says: expect.stringMatching(/^audit-2 is not used: .*ak/) },
      remedy: expect.stringMatching(/^Store \{.*live\/audit-2,/),
    });
  });
});

describe("the rotation of the keys", () => {
  const noteRotation = (record: RotationRecord) =>
    createRotationStore(world.table.dynamo, TABLE, "worker").write(record, undefined);

  it("that is off is no problem", async () => {
    expect(await check("key-rotation")).toMatchObject({ state: "ok", says: expect.stringContaining("not rotated") });
  });

  it("is reported with the age of the key and the reason to wait", async () => {
    const keyCreatedAt = new Date(world.now().getTime() - 12 * 24 * HOUR_MS);
    await noteRotation({ checkedAt: world.now(), keyCreatedAt, waiting: "the old key is in use" });
    expect(await check("key-rotation")).toMatchObject({
      ...{ state: "ok", says: "worker: key created 12 days ago; the old key is in use." },
    });
  });

  it("is a warning if the keys were not checked for hours", async () => {
    await noteRotation({ checkedAt: new Date(world.now().getTime() - 4 * HOUR_MS) });
    expect(await check("key-rotation")).toMatchObject({
      state: "warning",
      says: expect.stringContaining("not checked"),
    });
  });
});

describe("queues", () => {
  it("a queue from which nobody takes is a warning with its depth", async () => {
    await send(world.queues.urls.urgent);
    expect(await check("queue urgent")).toMatchObject({
      ...{ state: "warning", says: "1 waiting, 0 in progress, 0 delayed." },
      remedy: expect.stringContaining("worker-errors"),
    });
  });

  it("a queue that is worked on is well", async () => {
    await send(world.queues.urls.bulk);
    await world.queues.client.send(new ReceiveMessageCommand({ QueueUrl: world.queues.urls.bulk }));
    await send(world.queues.urls.bulk);
    expect(await check("queue bulk")).toMatchObject({
      state: "ok",
      says: expect.stringMatching(/^1 waiting, 1 in progress/),
    });
  });

  it("dead letters are counted, and the remedy is the command that brings them back", async () => {
    await send(world.queues.deadLetterUrls.bulk);
    await send(world.queues.deadLetterUrls.bulk);
    expect(await check("dead-letters bulk")).toMatchObject({
      ...{ state: "failed", says: "2 dead letters.", remedy: expect.stringContaining("offair redrive --queue bulk") },
    });
    expect(await check("dead-letters urgent")).toMatchObject({ state: "ok" });
  });

  it("dead slots of the audit are not sent back to the queue", async () => {
    await send(world.queues.deadLetterUrls.urgent);
    const { remedy } = (await check("dead-letters audit")) ?? {};
    expect(remedy).toContain("audit's log");
    expect(remedy).not.toContain("redrive");
  });

  it("a queue that does not answer is a failed check with the reason, and the others are well", async () => {
    const { depthOf } = world.deps();
    const readDepth = createReadDepth(world.queues.client);
    const gone = (queue: Parameters<typeof depthOf>[0]) =>
      "queue" in queue && queue.queue === "urgent" ? readDepth(`${world.queues.urls.urgent}-gone`) : depthOf(queue);
    const { checks = [] } = await world.ask({ depthOf: gone });
    expect(checks.find(({ name }) => name === "queue urgent")).toMatchObject({
      ...{ state: "failed", says: expect.stringMatching(/^ERR_QUEUE: .*\(QueueDoesNotExist\)$/) },
      remedy: expect.stringContaining("permissions"),
    });
    expect(checks.find(({ name }) => name === "queue bulk")).toMatchObject({ state: "ok" });
  });
});

describe("the audit, by the head of its chain", () => {
  it("that was stored three hours ago says that schedule, audit or bucket stands still", async () => {
    await noteHead(ago(3 * HOUR_MS));
    expect(await check("audit")).toMatchObject({
      ...{ state: "failed", says: "Entry 812 was stored 3 h ago, and no entry since." },
      remedy: expect.stringMatching(/schedule.*bucket.*audit-key/),
    });
  });

  it("that never was says that there is no evidence", async () => {
    expect(await check("audit")).toMatchObject({ state: "failed", says: expect.stringContaining("no evidence") });
  });
});

describe("the last run of the canary", () => {
  it("that arrived is reported with the time of each link", async () => {
    await canaryEnded(ago(12 * MINUTE_MS));
    expect(await check("canary")).toEqual({
      ...{ name: "canary", state: "ok" },
      says: "The last run arrived 12 min ago (webhook 0.1 s, queue 0.3 s, disable 1.8 s, enable 1.2 s).",
    });
  });

  it("that broke is reported with its link, the reason and the alarm, and a later run replaces it", async () => {
    await canaryEnded(ago(HOUR_MS), { result: "broken", link: "key", message: "Live refused", tookMs: { webhook: 1 } });
    expect(await check("canary")).toMatchObject({
      ...{ state: "failed", says: "Broken at key 60 min ago: Live refused." },
      remedy: expect.stringContaining("canary-key"),
    });
    await canaryEnded(ago(0));
    expect(await check("canary")).toMatchObject({ state: "ok", says: expect.not.stringContaining("key") });
  });

  it("in observe mode ended with the decision", async () => {
    await canaryEnded(ago(0), { result: "observed" });
    expect(await check("canary")).toMatchObject({ state: "ok", says: expect.stringContaining("the mode is observe") });
  });

  it("that ended three hours ago is a failure, and none at all is a warning", async () => {
    expect(await check("canary")).toMatchObject({ state: "warning", says: "No run has ended yet." });
    await canaryEnded(ago(3 * HOUR_MS));
    expect(await check("canary")).toMatchObject({ state: "failed", remedy: expect.stringContaining("schedule") });
  });

  it("is not read if the stage has no canary", async () => {
    expect(await check("canary", { canary: "off" })).toMatchObject({
      state: "ok",
      says: expect.stringContaining("Off"),
    });
  });
});

describe("what a person has set, and what waits for one", () => {
  it("mode observe is a warning with the command that changes it", async () => {
    expect(await check("mode")).toMatchObject({
      ...{ state: "warning", says: expect.stringContaining("decisions are recorded") },
      remedy: expect.stringContaining("offair mode enforce"),
    });
  });

  it("a frozen source is named, since when", async () => {
    await world.ledger.writeFreeze("standard", true, { changedAt: NOON.toISOString(), changedBy: "ana", reason: "" });
    expect(await check("frozen-sources")).toMatchObject({
      ...{ state: "warning", says: expect.stringContaining(`standard since ${NOON.toISOString()}`) },
    });
  });

  it("reviews are counted, with the time of the first", async () => {
    const inAnHour = new Date(NOON.getTime() + HOUR_MS);
    for (const [id, due] of Object.entries({ b: inAnHour, a: new Date(NOON.getTime() + MINUTE_MS) })) {
      await world.ledger.recordUntranslated({
        ...{
          key: `standard#${id}`,
          decidedAt: NOON.toISOString(),
          dueAt: due.toISOString(),
          outcome: "review",
          because: "untranslatable",
        },
        untranslated: {
          ...{ source: "standard", id, receivedAt: NOON.toISOString(), bodySha256: "0".repeat(64) },
          issues: [{ pointer: "", message: "is not JSON" }],
        },
        review: "open",
      });
    }
    expect(await check("reviews")).toMatchObject({
      ...{ state: "warning", says: "2 reports wait for a person, the first until 2026-11-21T12:01:00.000Z." },
    });
    const later = { now: () => inAnHour };
    expect(await check("reviews", later)).toMatchObject({
      ...{
        state: "failed",
        says: "2 reports wait for a person. The time of 2 is over, since 2026-11-21T12:01:00.000Z.",
      },
    });
  });

  it("reviews do not count what waits for nobody: sample cases, whose action was carried out, and approved reports", async () => {
    const due = new Date(NOON.getTime() + MINUTE_MS).toISOString();
    const waiting = { review: "open", dueAt: due } as const;
    const sample = record(weaponsReport(), { ...waiting, outcome: "verified", sampled: 0.02 });
    await world.ledger.recordDecision(sample);
    const inAnHour = { now: () => new Date(NOON.getTime() + HOUR_MS) };
    const none = { state: "ok", says: "No report waits for a person." };
    expect(await check("reviews", inAnHour)).toMatchObject(none);
    const { key } = await world.ledger.recordDecision(record(weaponsReport(), { ...waiting, outcome: "held" }));
    expect(await check("reviews", inAnHour)).toMatchObject({
      ...{ state: "failed", says: `1 report waits for a person. The time of 1 is over, since ${due}.` },
    });
    const approved = { verdict: "approved", by: "ana", at: due, reason: "seen", orderId: "op-1" } as const;
    await world.ledger.writeVerdict(key, approved, () => NOON);
    expect(await check("reviews", inAnHour)).toMatchObject(none);
  });

  it("reviews behind many sample cases are found", async () => {
    const sample = record(weaponsReport(), { review: "open", dueAt: AT, outcome: "verified", sampled: 1 });
    const held = record(weaponsReport(), { review: "open", dueAt: later(MINUTE_MS), outcome: "held" });
    const pages = (last: ReportRecord) => async (_: number, after?: string) =>
      after === "2" ? { records: [last] } : { records: [sample], next: after === undefined ? "1" : "2" };
    const ledger = { ...world.ledger, openReviews: pages(held) };
    expect(await check("reviews", { ledger })).toMatchObject({
      ...{ state: "warning", says: `1 report waits for a person, the first until ${held.dueAt}.` },
    });
  });

  it("the clock is failed if it has not run for more than five minutes, and says what it found", async () => {
    expect(await check("clock")).toMatchObject({ state: "failed", says: "It has never run." });
    const store = createClockStore(world.table.dynamo, TABLE);
    await store.writeSwept({
      sweptAt: ago(MINUTE_MS).toISOString(),
      open: 3,
      overdue: 1,
      oldestAt: ago(HOUR_MS).toISOString(),
    });
    expect(await check("clock")).toEqual({
      ...{ name: "clock", state: "ok" },
      says: "It last ran 60 s ago: 3 waited, 1 of them overdue, the oldest since 2026-11-21T11:00:00.000Z.",
    });
    await store.writeSwept({ sweptAt: ago(6 * MINUTE_MS).toISOString(), open: 0, overdue: 0 });
    expect(await check("clock")).toMatchObject({
      ...{
        state: "failed",
        says: "It last ran 6 min ago: no case waited.",
        remedy: expect.stringContaining("clock-missing"),
      },
    });
  });
});

describe("the subscribers of events", () => {
  const events = () => createOperatorEvents(world.table.dynamo, TABLE);

  it("are well until a subscription ends, and its check says how to resume it", async () => {
    expect(await check("subscriber platform")).toMatchObject({ state: "ok" });
    const ended = {
      at: ago(HOUR_MS).toISOString(),
      because: "gone",
      missedSince: ago(2 * HOUR_MS).toISOString(),
    } as const;
    await events().replaceSubscriber({ name: "platform", since: ago(3 * HOUR_MS).toISOString(), ended }, undefined);
    expect(await check("subscriber platform")).toMatchObject({
      state: "failed",
      remedy: expect.stringContaining("offair events resume --subscriber platform"),
    });
    expect(await check("subscriber bus")).toMatchObject({ state: "ok" });
  });

  it("what is due for minutes fails the check, unless it is a replay, which may take longer", async () => {
    const [since, until] = [ago(2 * HOUR_MS).toISOString(), ago(HOUR_MS).toISOString()];
    const asked = { by: "ana", askedAt: ago(HOUR_MS).toISOString(), reason: "INC-890" } as const;
    await events().addReplay({ id: "replay-1", subscriber: "platform", since, until, ...asked });
    expect(await check("events")).toMatchObject({ state: "ok" });
    const delivery = { orderingKey: "type.key.blocked", subscriber: "platform", sent: 0 };
    await events().lockDelivery(delivery.orderingKey, "platform", "holder", NOON);
    await events().writeDelivery(delivery, withLock("holder", 0, ago(6 * MINUTE_MS)));
    expect(await check("events")).toMatchObject({
      state: "failed",
      says: expect.stringMatching(/^1 item has been due/),
    });
  });
});

describe("the subscribers of the alerts", () => {
  it("none: nobody is told", async () => {
    expect(await check("alerts")).toMatchObject({
      ...{ state: "failed", says: expect.stringContaining("Nobody"), remedy: expect.stringContaining("alertsEmail") },
    });
  });

  it("a topic that does not answer is a failed check", async () => {
    const credentials = { accessKeyId: "local", secretAccessKey: "local" };
    const away = new SNSClient({ endpoint: "http://127.0.0.1:1", region: "eu-central-1", credentials, maxAttempts: 1 });
    expect(await check("alerts", { listSubscribers: createListSubscribers(away, world.topicArn) })).toMatchObject({
      ...{ state: "failed", says: expect.stringContaining("ERR_ALERTS") },
    });
  });
});

it("a ledger that does not answer fails the checks that rest on it, and none else", async () => {
  await allIsWell();
  const away = async (): Promise<never> => {
    throw new TypeError("something with a secret in it");
  };
  const answer = await world.ask({ ledger: { readMode: away, openReviews: away } });
  expect(answer.checks?.filter(({ state }) => state === "failed").map(({ name }) => name)).toEqual([
    ...["mode", "frozen-sources", "reviews"],
  ]);
  expect(JSON.stringify(answer)).not.toContain("secret in it");
  expect(answer.ok).toBe(false);
});

it("a look that never ends is cut off, and says after how long", async () => {
  const over = new AbortController();
  const asked = world.ask({
    readHead: () => {
      queueMicrotask(() => over.abort());
      return new Promise(() => {});
    },
    deadline: () => over.signal,
  });
  expect((await asked).checks?.find(({ name }) => name === "audit")).toMatchObject({
    ...{ state: "failed", says: "no response within 12 s" },
  });
});
