/** Plays stories on the local stack, one after the other, and judges what the event bus and the receivers got. */
import { setTimeout as sleep } from "node:timers/promises";
import type { BuildOptions } from "../../../build/build.ts";
import { packageAlone, withoutLimits } from "../../../build/package-alone.ts";
import { PUSH_KEY, PUSH_SOURCE, SOURCE_SECRET, sourceSecret, startWorld } from "../../../local/demo/world.ts";
import { queuesDrained } from "../../../local/exercises/collect.ts";
import { createThrottle } from "../../../local/exercises/gameday/throttle.ts";
import type { Denial } from "../../../local/iam/denial.ts";
import { createRandom, shuffle } from "../../../local/kit/random.ts";
import type { Stack } from "../../../local/stack/stack.ts";
import { createInbox, type Inbox } from "./inbox.ts";
import { behindBus, compare, late } from "./judge.ts";
import { eventsOfLedger } from "./ledger-events.ts";
import { APPEALS, createPeople, type People, VENDOR } from "./people.ts";
import { type Mode, type Receiver, startReceiver } from "./receiver.ts";
import { CALLS_BACK, SCENES } from "./scenes.ts";
import { makeTrouble, type Trouble } from "./troubles.ts";

/** Two, in turn: one is well again while the other one is hostile, so that its waits pass meanwhile. */
const HOSTILE = ["odd", "even"] as const;
const STEADY = "steady";
/** In place of the minute of the schedule and the wake-ups in between. */
const SWEEP_EVERY_MS = 20_000;
const LOOK_EVERY_MS = 2_000;

export interface Told {
  /** What did not hold, in words. */
  readonly broken: readonly string[];
  readonly troubles: readonly Trouble[];
  readonly events: number;
  readonly types: ReadonlySet<string>;
  readonly repeats: number;
  readonly resumed: number;
  readonly met: ReadonlySet<Mode>;
  /** See `behindBus`, of the healthy receiver. */
  readonly behindMs: readonly number[];
  readonly denied: readonly Denial[];
  readonly settledMs: number;
}

export interface StoriesOptions extends Pick<BuildOptions, "swap"> {
  readonly seed: number;
  readonly count: number;
  /** How long to wait, after the last story, until everything is as it must be. */
  readonly patienceMs: number;
}

export async function tellStories({ seed, count, patienceMs, ...build }: StoriesOptions): Promise<Told> {
  await using cleanup = new AsyncDisposableStack();
  const { remove, ...packaged } = await packageAlone({
    ...build,
    changePolicy: (policy) => ({
      ...withoutLimits(policy),
      pauses: { statistics: false }, // are read 20 s after a pause at the earliest; callbacks prove some pauses
      sources: {
        ...policy.sources,
        [VENDOR]: { adapter: "standard", grade: "A" },
        [APPEALS]: { adapter: "standard", grade: "A", kind: "appeal", reviewWithin: "2d" },
      },
    }),
  });
  cleanup.defer(remove);
  const receivers = new Map<string, Receiver>();
  for (const name of [...HOSTILE, STEADY]) {
    const receiver = await startReceiver(name);
    cleanup.defer(receiver.close);
    receivers.set(name, receiver);
  }
  const throttle = createThrottle(createRandom(seed + 1));
  const secret = JSON.stringify({ secrets: [SOURCE_SECRET] });
  const world = await startWorld({
    ...packaged,
    ...{ seed, recycleProbability: 0.1, maxEnvironments: 4, visibilitySeconds: 5, interfere: throttle.interfere },
    ports: { gateway: 0 },
    secretsValues: { [sourceSecret(VENDOR)]: secret, [sourceSecret(APPEALS)]: secret },
    subscribers: Object.fromEntries([...receivers].map(([name, { url }]) => [name, { url }])),
  });
  cleanup.defer(world.close);
  const { stack, simulator } = world;
  if (!simulator) throw new Error("there is no simulator");
  const denied: Denial[] = [];
  stack.onDenied((denial) => denied.push(denial));
  const bus = createInbox("bus");
  stack.eventBuses.onEvent(({ detail }) => bus.take(detail));
  const people = createPeople(stack);
  const callback = { domain: CALLS_BACK, url: `${stack.gatewayUrl}/reports/${PUSH_SOURCE}`, authSignKey: PUSH_KEY };
  simulator.changeSettings({ notifications: [callback] });
  await stack.runSchedule(new Date(), "notify"); // the subscriptions begin
  await people.ask("alice", { action: "mode", mode: "enforce", dryRun: false });

  let isEnded = false;
  cleanup.defer(() => {
    isEnded = true;
  });
  const sweep = () => stack.runSchedule(new Date(), "notify").catch(() => {}); // or it was killed
  const sweeping = (async () => {
    for (let waitedMs = 0; !isEnded; waitedMs += LOOK_EVERY_MS) {
      if (waitedMs % SWEEP_EVERY_MS === 0) void sweep();
      await sleep(LOOK_EVERY_MS);
    }
  })();

  const requests = () => [...receivers.values()].reduce((sum, { met }) => sum + countOf(met), 0);
  const troubles: Trouble[] = [];
  let resumed = 0;
  async function resume(): Promise<void> {
    resumed += await resumeEnded(people);
  }
  for (let index = 0; index < count; index++) {
    const random = createRandom(seed + 100 * (index + 1));
    const hostile = receivers.get(HOSTILE[index % HOSTILE.length] ?? "");
    if (!hostile) throw new Error("there is no such receiver");
    let isPlayed = false;
    const isOver = () => isPlayed;
    const made = makeTrouble({ stack, throttle, hostile, requests, index, random, isOver, resume });
    const name = `s${index + 1}`;
    await Promise.all(shuffle(SCENES, random).map((play) => play({ people, simulator, name })));
    isPlayed = true;
    troubles.push(...(await made));
    await resume();
  }

  const { UrgentQueue = "", BulkQueue = "" } = stack.queues;
  const ofWorker = { ...stack, queues: { UrgentQueue, BulkQueue } };
  const isDrained = await queuesDrained(ofWorker, patienceMs, async () => false);
  const healedMs = Date.now();
  const inboxes = [bus, ...[...receivers.values()].map(({ inbox }) => inbox)];
  let broken = await judge(stack, inboxes);
  while (broken.length > 0 && Date.now() < healedMs + patienceMs) {
    await sweep();
    await resume();
    await sleep(LOOK_EVERY_MS);
    broken = await judge(stack, inboxes);
  }
  const settledMs = Date.now() - healedMs;
  isEnded = true;
  await sweeping;

  const ledger = await eventsOfLedger(stack);
  const steady = receivers.get(STEADY)?.inbox ?? bus;
  const times = troubles.map(({ atMs }) => atMs);
  return {
    broken: [
      ...(isDrained ? [] : ["the worker's queues are not empty"]),
      ...inboxes.flatMap((inbox) => inbox.broken),
      ...broken,
      ...[bus, steady].flatMap((inbox) => late(inbox, ledger, times)),
    ],
    ...{ troubles, resumed, denied, settledMs, events: ledger.length },
    types: new Set(ledger.map(({ type }) => type)),
    repeats: inboxes.reduce((sum, inbox) => sum + inbox.repeats(), 0),
    met: new Set(HOSTILE.flatMap((name) => [...(receivers.get(name)?.met.keys() ?? [])])),
    behindMs: behindBus(bus, steady),
  };
}

const countOf = (met: ReadonlyMap<Mode, number>): number => [...met.values()].reduce((sum, count) => sum + count, 0);

async function judge(stack: Stack, inboxes: readonly Inbox[]): Promise<string[]> {
  const ledger = await eventsOfLedger(stack);
  return inboxes.flatMap((inbox) => compare(inbox, ledger));
}

/** A person resumes the subscriptions that ended. @returns how many. */
async function resumeEnded({ ask }: People): Promise<number> {
  const { subscribers = [] } = await ask("alice", { action: "subscribers" });
  const ended = subscribers.filter(({ state }) => state === "ended");
  for (const { name } of ended) await ask("bob", { action: "resume-subscriber", subscriber: name, dryRun: false });
  return ended.length;
}
