/** A subscription from its first event to its end, and back: what it missed comes in order, a replay repeats, and an audit's drift is an event too. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { type PackagedAlone, packageAlone, withoutLimits } from "../../build/package-alone.ts";
import { incident, openScene, readEvent, type Scene, until } from "../../local/demo/scene.ts";
import { postReport, signReport } from "../../local/demo/send-report.ts";
import { SOURCE, SOURCE_SECRET, startWorld, type World } from "../../local/demo/world.ts";
import type { Denial } from "../../local/iam/denial.ts";
import { type Receiver, startReceiver } from "./event-stories/receiver.ts";

/** As long as a busy machine may take. */
const BUSY_MS = 60_000;
const STREAM = { domain: "publish.example.huawei.com", app: "live", stream: "room-1" };

let packaged: PackagedAlone;
let receiver: Receiver;
let steady: Receiver;
let world: World;
let scene: Scene;
const denied: Denial[] = [];
beforeAll(async () => {
  [packaged, receiver, steady] = await Promise.all([
    packageAlone({ changePolicy: withoutLimits }),
    startReceiver("platform"),
    startReceiver("steady"),
  ]);
  const { templatePath } = packaged;
  const subscribers = { platform: { url: receiver.url }, steady: { url: steady.url } };
  world = await startWorld({ templatePath, ports: { gateway: 0 }, seed: 7, subscribers });
  if (!world.simulator) throw new Error("there is no simulator");
  scene = openScene(world, world.simulator, STREAM);
  world.stack.onDenied((denial) => denied.push(denial));
  await incident(scene, { ...(await readEvent("incident-mode")), dryRun: false });
});
afterAll(async () => {
  await world?.close();
  receiver?.close();
  steady?.close();
  packaged?.remove();
});

async function report(stream: string): Promise<void> {
  const sample = { ...(await readEvent("report-nudity")), category: "csam", occurredAt: new Date().toISOString() };
  const signed = signReport({ ...sample, stream: { ...STREAM, stream } }, SOURCE_SECRET);
  const post = async () => (await postReport(world.stack.gatewayUrl, SOURCE, signed)).status;
  // A source sends it again: on a busy machine the gateway does not wait for the answer.
  const status = await until(
    "an answer",
    async () => await post().then((each) => (each === 503 ? undefined : each)),
    BUSY_MS,
  );
  expect(status).toBe(202);
}

/** Sweeps, as the schedule does each minute, until the look succeeds. */
const swept = <T>(what: string, look: () => T | undefined | Promise<T | undefined>) =>
  until(
    what,
    async () => {
      const found = await look();
      if (found === undefined) await world.stack.runSchedule(new Date(), "notify");
      return found;
    },
    BUSY_MS,
  );

const arrived = (type: string, subject: string) =>
  [...receiver.inbox.arrivals.values()].find(({ event }) => event.type === type && event.subject === subject);
const subjectOf = (stream: string): string => `${STREAM.domain}/${STREAM.app}/${stream}`;
const ask = (event: object) => incident(scene, { reason: "the receiver was repaired", requestedBy: "ana", ...event });
const change = (event: object) => ask({ id: randomUUID(), dryRun: false, ...event });
async function stateOf(name: string) {
  const { subscribers = [] } = await ask({ action: "subscribers" });
  return subscribers.find((each) => each.name === name);
}

it("ends with 410, and gets what it missed once a person resumes it", async () => {
  await report("room-1");
  await swept("the first stream's event", () => arrived("stream.disabled", subjectOf("room-1")));

  receiver.does("gone");
  await report("room-2");
  const ended = await swept("the subscription ends", async () => (await stateOf("platform"))?.ended);
  expect(ended).toMatchObject({ because: "gone" });
  await report("room-3");
  const isThird = ({ detail }: { readonly detail: unknown }) =>
    JSON.stringify(detail).includes(`"${subjectOf("room-3")}"`);
  const onBus = async () => world.stack.eventBuses.received(world.stack.eventBus).find(isThird);
  await until("the bus has the third stream's event", onBus, BUSY_MS);
  receiver.does("works");
  expect(arrived("stream.disabled", subjectOf("room-3"))).toBeUndefined();

  expect(await change({ action: "resume-subscriber", subscriber: "platform" })).toMatchObject({ ok: true });
  await swept(
    "what it missed",
    () => arrived("stream.disabled", subjectOf("room-2")) && arrived("stream.disabled", subjectOf("room-3")),
  );
  expect(receiver.inbox.broken).toEqual([]);
});

it("gets events again that a person asks for, with their ids", async () => {
  const before = receiver.inbox.arrivals.size;
  const since = new Date(Date.now() - 3_600_000).toISOString();
  expect(await change({ action: "replay-events", subscriber: "platform", since })).toMatchObject({ ok: true });
  await swept("the repetitions", () => (receiver.inbox.repeats() >= before ? true : undefined));
  expect(receiver.inbox.broken).toEqual([]);
});

it("gets the drift that an audit finds", async () => {
  const resumeTime = new Date(Date.now() + 86_400_000).toISOString();
  world.simulator?.addDisabled([{ ...STREAM, stream: "by-somebody-else", resume_time: resumeTime }]);
  await world.stack.runSchedule(new Date(), "audit");
  const { event } = await swept("the drift", () =>
    [...receiver.inbox.arrivals.values()].find((each) => each.event.type === "audit.drift"),
  );
  expect(event.data).toMatchObject({ counts: { unexpected: 1 } });
});

/** @returns how long the other one waits for the events of twelve streams, in the middle, in milliseconds. */
async function waitOfOther(name: string): Promise<number> {
  const streams = Array.from({ length: 12 }, (_, index) => `${name}-${index}`);
  await world.stack.runSchedule(new Date(), "notify"); // what has no time on a busy machine is left to the sweeps
  await Promise.all(streams.map(report));
  const disabled = () =>
    [...steady.inbox.arrivals.values()].filter(
      ({ event }) => event.type === "stream.disabled" && event.subject?.includes(`/${name}-`),
    );
  const isAll = async () => disabled().length === streams.length || undefined;
  await until("the other one has all events", isAll, BUSY_MS);
  const waits = disabled().map(({ atMs, event }) => atMs - Date.parse(event.time));
  process.stdout.write(`${name}: ${waits.sort((a, b) => a - b).join(", ")} ms\n`);
  return waits[streams.length / 2] ?? Number.NaN;
}

it("delays no other one while it takes requests and never answers", async () => {
  receiver.does("works");
  const calm = await waitOfOther("calm");
  receiver.does("hangs");
  // A call that hangs is given up after three seconds, and the subscriber is down after three of them: whoever waited for it would wait for nine.
  expect(await waitOfOther("hung")).toBeLessThan(2 * calm + 6_000);
  expect(receiver.met.get("hangs")).toBeGreaterThan(0);
  expect(denied).toEqual([]);
}, 240_000);
