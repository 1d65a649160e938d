/** What only the whole can show: the packaged bundles behind the gateway, the queues, the ledger and a Live that proves every signature. */
import { createHmac } from "node:crypto";
import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { ScanCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "@jest/globals";
import { type PackagedAlone, packageAlone } from "../../build/package-alone.ts";
import {
  endedOrder,
  endedReport,
  FOREIGN_SECRET,
  incident,
  nextEvent,
  openScene,
  readEvent,
  type Scene,
  signedReport,
  tellOfPushes,
  toldOf,
  until,
} from "../../local/demo/scene.ts";
import { postReport, type SignedReport, signReport } from "../../local/demo/send-report.ts";
import {
  AUDIT,
  PUSH_KEY,
  PUSH_SOURCE,
  SOURCE,
  SOURCE_SECRET,
  startWorld,
  WORKER,
  type World,
} from "../../local/demo/world.ts";
import policy from "../../policy.yml";

/** As long as a busy machine may take. */
const BUSY_MS = 60_000;
const STREAM = { domain: "publish.example.huawei.com", app: "live", stream: "huawei" };

let packaged: PackagedAlone;
let world: World;
let scene: Scene;
let logs: string[];

beforeAll(async () => {
  packaged = await packageAlone();
});
afterAll(() => packaged?.remove());

async function open(secretsValues: Record<string, string> = {}, recycleProbability = 0.3): Promise<void> {
  const { templatePath } = packaged;
  world = await startWorld({ templatePath, secretsValues, ports: { gateway: 0 }, seed: 7, recycleProbability });
  if (!world.simulator) throw new Error("there is no simulator");
  scene = openScene(world, world.simulator, STREAM);
  logs = [];
  world.stack.onLog(({ line }) => logs.push(line));
}
beforeEach(() => open());
afterEach(() => world.close());

const post = (signed: SignedReport, source = SOURCE) => postReport(world.stack.gatewayUrl, source, signed);
const ledgerItems = async () => {
  const { Items = [] } = await world.stack.clients.dynamo.send(new ScanCommand({ TableName: world.stack.table }));
  return Items;
};
/** Without those that wake `notify`: the mode, set before, sends one, and no report is among them. */
async function messagesOnTheQueues(): Promise<number> {
  const { NotifyQueue: _, ...queues } = world.stack.queues;
  const counts = await Promise.all(
    Object.values(queues).map(async (QueueUrl) => {
      const AttributeNames = ["ApproximateNumberOfMessages" as const, "ApproximateNumberOfMessagesNotVisible" as const];
      const { Attributes } = await world.stack.clients.sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames }),
      );
      return Object.values(Attributes ?? {}).reduce((sum, count) => sum + Number(count), 0);
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}
/** The keys of the items, without those that `notify` writes by itself at any time: the log of events, and its subscribers. */
const keysInLedger = async () =>
  (await ledgerItems())
    .map(({ pk, sk }) => `${pk} ${sk}`)
    .filter((key) => !/^(EVENT|SUBSCRIBER)#/.test(key))
    .sort();
const enforce = async () => incident(scene, await readEvent("incident-mode"));

it("lets nobody unproven in: no message, no entry in the ledger, no call to Live (invariant 1)", async () => {
  await enforce();
  const before = await keysInLedger();
  const good = await signedReport(scene, SOURCE_SECRET);
  const old = signReport(JSON.parse(good.body), SOURCE_SECRET, { at: new Date(Date.now() - 301_000) });
  const unproven: [number, SignedReport, string?][] = [
    [401, await signedReport(scene, FOREIGN_SECRET)],
    [401, { ...good, body: good.body.replace("nudity", "nuditY") }],
    [401, { ...good, headers: { ...good.headers, "webhook-id": "msg_other" } }],
    [401, { ...good, headers: { "content-type": "application/json" } }],
    [401, old],
    [404, good, "nobody"],
    [404, good, "__proto__"],
  ];
  for (const [status, signed, source] of unproven) {
    const answer = await post(signed, source);
    expect([answer.status, answer.type]).toEqual([status, "application/problem+json"]);
  }
  expect(await messagesOnTheQueues()).toBe(0);
  expect(await keysInLedger()).toEqual(before);
  expect(scene.simulator.calls()).toEqual([]);
});

it("verifies the bytes as received, also when the gateway hands them over in base64", async () => {
  const fields = { event: "PUBLISH_DONE", domain: STREAM.domain, app: "live", stream: "caf\u00e9" };
  const auth_timestamp = Math.floor(Date.now() / 1_000) + 600;
  const mac = createHmac("sha256", PUSH_KEY).update(`${Object.values(fields).join("")}${auth_timestamp}`);
  const callback = JSON.stringify({ ...fields, auth_timestamp, auth_sign: mac.digest("hex") });
  const send = async (body: string, type: string) =>
    (await post({ id: "", body, headers: { "content-type": type } }, PUSH_SOURCE)).status;
  for (const type of ["application/json", "application/octet-stream"]) {
    expect(await send(callback, type)).toBe(200);
    expect(await send(callback.replace("caf", "cas"), type)).toBe(401);
  }
});

it("names what a request lacks before it looks at the signature, and how to prove it", async () => {
  const unproven = await signedReport(scene, FOREIGN_SECRET);
  const send = async (init: RequestInit) => {
    const { status, headers } = await fetch(`${world.stack.gatewayUrl}/reports/${SOURCE}`, init);
    return [status, ...["allow", "accept", "accept-encoding", "www-authenticate"].map((name) => headers.get(name))];
  };
  for (const method of ["GET", "HEAD", "PUT", "OPTIONS"]) {
    expect(await send({ method })).toEqual([405, "POST", null, null, null]);
  }
  const posted = (more: object) =>
    send({ method: "POST", body: unproven.body, headers: { ...unproven.headers, ...more } });
  const unsupported = [415, null, "application/json", "identity", null];
  expect(await posted({ "content-type": "text/plain" })).toEqual(unsupported);
  expect(await posted({ "content-type": "application/json; charset=iso-8859-1" })).toEqual(unsupported);
  expect(await posted({ "content-encoding": "gzip" })).toEqual(unsupported);
  expect(await posted({})).toEqual([401, null, null, null, 'Signature realm="reports"']);
});

it("gives a person the second of two reports that have one id, and tells its sender nothing of the first", async () => {
  await enforce();
  const id = "msg_same";
  const report = { ...(await readEvent("report-nudity")), occurredAt: new Date().toISOString() };
  const of = (stream: string) => signReport({ ...report, stream: { ...STREAM, stream } }, SOURCE_SECRET, { id });
  for (const stream of ["same-a", "same-b"]) expect((await post(of(stream))).status).toBe(202);
  const held = await until("one of the two is held for review", async () => {
    const { records } = await scene.ledger.openReviews(10);
    return records.length > 0 ? records : undefined;
  });
  expect(held).toMatchObject([{ key: expect.stringContaining(`${SOURCE}#${id} again `), because: "duplicate-id" }]);
  const first = await until("the other one has ended", async () => {
    const record = await scene.ledger.readReport(`${SOURCE}#${id}`);
    return record?.outcome === undefined ? undefined : record;
  });
  const [other] = held.flatMap((record) => ("report" in record ? [record.report.stream.stream] : []));
  expect([first.report.stream.stream, other].sort()).toEqual(["same-a", "same-b"]);
  // The metric is written after the case.
  await until("the duplicate is counted", async () => logs.find((line) => line.includes('"ReportsDuplicateId":1')));
});

it("stores, logs and answers nothing of a push key that somebody reports with a stream's name", async () => {
  await enforce();
  const report = { ...(await readEvent("report-nudity")), occurredAt: new Date().toISOString() };
  const stream = { ...STREAM, stream: "huawei?txSecret=0123SECRET&txTime=6553F100" };
  const answer = await post(signReport({ ...report, stream }, SOURCE_SECRET));
  expect([answer.status, answer.text]).toEqual([400, expect.stringContaining("must not hold a query")]);
  const dry = await incident(scene, { ...(await readEvent("incident-disable")), streams: [stream], dryRun: false });
  expect(dry).toMatchObject({ ok: false, errors: [{ pointer: "/streams/0/stream" }] });
  expect(await messagesOnTheQueues()).toBe(0);
  const everything = JSON.stringify([answer, dry, logs, await ledgerItems()]);
  expect(everything).not.toContain("SECRET");
});

it("answers 503 and when to come again while the source's secret cannot be read, and never 401", async () => {
  world.stack.secrets.fail("GetSecretValue", { status: 500, code: "InternalServiceError" }, Number.POSITIVE_INFINITY);
  const answer = await fetch(`${world.stack.gatewayUrl}/reports/${SOURCE}`, {
    method: "POST",
    ...(await signedReport(scene, FOREIGN_SECRET)),
  });
  expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "5"]);
  expect(await answer.json()).toMatchObject({ title: "Not available" });
});

it("takes a person's stream off and on again by the same road, and says who and why", async () => {
  const dry = await incident(scene, { ...(await readEvent("incident-disable")), streams: [STREAM] });
  expect(dry).toMatchObject({ ok: true, dryRun: true, results: [{ outcome: "planned" }] });
  expect(scene.simulator.state().disabled).toEqual([]);
  const reason = "INC-881: off until Tuesday";
  const event = { ...(await readEvent("incident-disable")), streams: [STREAM], dryRun: false, reason };
  expect(await incident(scene, event)).toMatchObject({ ok: true, results: [{ stream: STREAM, outcome: "verified" }] });
  expect(await incident(scene, await readEvent("incident-list"))).toMatchObject({
    totals: { [STREAM.domain]: 1 },
    results: [{ stream: STREAM, order: { by: "ana@example.com (claimed)", reason } }],
  });
  const enabled = await incident(scene, await readEvent("incident-enable"));
  expect(enabled).toMatchObject({ ok: true, results: [{ outcome: "verified", orderNumber: 2 }] });
  expect(scene.simulator.state().disabled).toEqual([]);
});

it("cuts a stream that comes back on Live's callback, and disables it after the policy's returns; each pause is proven", async () => {
  await world.close();
  await open({}, 0); // how long a cold start takes is the machine's affair, and not what is asked here
  await enforce();
  scene.simulator.removeEncoders();
  tellOfPushes(scene);
  scene.simulator.addEncoders([{ ...STREAM, reconnectAfterMs: 3_000 }]);
  const signed = await signedReport(scene, SOURCE_SECRET);
  expect((await post(signed)).status).toBe(202);
  let cut = await nextEvent(scene, "cut", BUSY_MS);
  const republish: { action: string; cutBy: string | undefined; pausedForMs: number }[] = [];
  for (let times = 1; times <= policy.republish.disableAfter; times++) {
    const back = await nextEvent(scene, "reconnected", BUSY_MS);
    const pausedForMs = Date.parse(back.time) - Date.parse(cut.time);
    cut = await nextEvent(scene, "cut", BUSY_MS);
    const { sentAt } = await toldOf(scene, back);
    const { action } = await endedOrder(scene, 1 + times);
    expect(Date.parse(cut.time)).toBeGreaterThanOrEqual(Date.parse(sentAt ?? ""));
    republish.push({ action, cutBy: cut.cause, pausedForMs });
  }
  const again = { action: "pause", cutBy: "pause", pausedForMs: 3_000 };
  const last = { ...again, action: "disable", cutBy: "disable" };
  expect(republish).toEqual([...Array(policy.republish.disableAfter - 1).fill(again), last]);
  const orders = await until("Live has reported the end of each push", async () => {
    const all = (await scene.ledger.recentOrders(STREAM)).toReversed();
    return all.every(({ outcome }) => outcome === "verified") ? all : undefined;
  });
  const byRule = { kind: "rule", source: SOURCE, rule: expect.any(String), policy: expect.any(String) };
  expect(orders).toMatchObject([
    { action: "pause", outcome: "verified", authority: { ...byRule, cause: `${SOURCE}#${signed.id}` } },
    ...republish.map(({ action }, index) => ({
      action,
      outcome: "verified",
      authority: {
        ...byRule,
        cause: expect.stringMatching(/^huawei-push#/),
        republish: { after: 1, times: index + 1 },
      },
    })),
  ]);
});

it("shows in a plan of pauses which push ended by Live's callback, and which stream had none", async () => {
  tellOfPushes(scene);
  const streams = ["planned-a", "planned-b"].map((stream) => ({ ...STREAM, stream }));
  scene.simulator.addEncoders(streams.slice(0, 1).map((stream) => ({ ...stream, reconnectAfterMs: null })));
  const { hours: _onlyOfDisables, ...sample } = await readEvent("incident-plan");
  const planned = await incident(scene, { ...sample, wanted: "pause", streams });
  const { orderId, sha256: planSha256 } = (planned.ok && planned.plan) || {};
  const applied = await incident(scene, { ...(await readEvent("incident-apply")), orderId, planSha256 });
  expect(applied).toMatchObject({ ok: true });
  const shown = await until("the callback has proven the pause", async () => {
    const status = await incident(scene, { ...(await readEvent("incident-status")), streams: undefined, orderId });
    return status.ok && status.batch?.left === 0 && status.batch.outcomes.verified === 1 ? status : undefined;
  });
  expect(shown).toMatchObject({
    batch: { state: "done", outcomes: { verified: 1, accepted: 1 } },
    results: [{ outcome: "verified" }, { outcome: "accepted" }],
  });
  const [pause] = await scene.ledger.recentOrders({ ...STREAM, stream: "planned-a" });
  expect(pause).toMatchObject({ action: "pause", proof: { by: "callback" } });
});

it("counts the streams that are live when it takes its snapshots", async () => {
  expect(await scene.ledger.readLiveStreams()).toBeUndefined();
  const other = { domain: "push.example.com", app: "event", stream: "evening" };
  scene.simulator.addEncoders([other, { ...STREAM, stream: "room-2" }]);
  const before = new Date().toISOString();
  await world.stack.runSchedule();
  const counted = await scene.ledger.readLiveStreams();
  expect(counted?.count).toBe(3);
  expect(counted && counted.countedAt >= before).toBe(true);
  scene.simulator.addFault({ kind: "status", status: 503, match: { path: "realtime/streams", domain: other.domain } });
  await world.stack.runSchedule(new Date(Date.now() - 3_600_000));
  expect(await scene.ledger.readLiveStreams()).toEqual(counted);
});

it("keeps secrets out of logs, ledger, archive, queues and answers, also when Live echoes them in its 401 (invariant 5)", async () => {
  await world.close();
  const wrongPair = {
    ak: WORKER.ak,
    sk: "a-wrong-key-for-this-test-000000000001",
    securityToken: "a-security-token-for-this-test",
  };
  await open({ "offair/local/live/worker": JSON.stringify(wrongPair) });
  await enforce();
  const signed = await signedReport(scene, SOURCE_SECRET);
  const answers = [await post(signed), await post(await signedReport(scene, FOREIGN_SECRET))];
  await until("Live has refused the worker's signature", async () =>
    scene.simulator.calls().some(({ status }) => status === 401) &&
    logs.some((line) => line.includes("ERR_LIVE_SIGNATURE"))
      ? true
      : undefined,
  );
  world.stack.secrets.put("offair/local/live/worker", JSON.stringify(WORKER));
  await world.stack.runSchedule();
  const list = await incident(scene, await readEvent("incident-list"));
  const objects = world.stack.storage
    .keys(world.stack.bucket)
    .map((key) => Buffer.from(world.stack.storage.read(world.stack.bucket, key) ?? []).toString());
  const everything = JSON.stringify([logs, await ledgerItems(), objects, answers, list]);
  const secrets = [
    ...Object.values(wrongPair),
    ...Object.values(WORKER),
    ...Object.values(AUDIT),
    SOURCE_SECRET,
    SOURCE_SECRET.replace("whsec_", ""),
    PUSH_KEY,
    signed.headers["webhook-signature"]?.slice(3) ?? "",
  ];
  for (const secret of secrets) expect(everything.includes(secret) ? secret.slice(0, 8) : "absent").toBe("absent");
  expect(logs.length).toBeGreaterThan(3);
});

it("loses nothing when workers are killed in the middle (invariant 3)", async () => {
  await enforce();
  scene.simulator.changeSettings({ latencyMs: 150 });
  const streams = Array.from({ length: 12 }, (_, index) => ({ ...STREAM, stream: `room-${index}` }));
  for (const stream of streams) {
    const signed = signReport(
      { ...(await readEvent("report-csam")), stream, occurredAt: new Date().toISOString() },
      SOURCE_SECRET,
    );
    expect((await post(signed)).status).toBe(202);
    scene.reports.push(signed);
    if (scene.reports.length % 4 === 0) await world.stack.kill("worker");
  }
  await world.stack.kill("worker");
  // What a dead worker held is back on the queue, and stays there until the queue shows it again and the stream's lock has run out.
  const ended = await Promise.all(scene.reports.map((_, index) => endedReport(scene, index).catch(() => undefined)));
  const withoutOutcome = ended.filter((record) => record === undefined).length;
  expect(withoutOutcome).toBeLessThanOrEqual(await messagesOnTheQueues());
});
