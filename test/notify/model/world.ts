/**
 * The ledger's writers, the queue, several environments of `notify`, and three subscribers, in simulated time. Every request to the ledger and every
 * call takes a while, so that environments interleave; an environment that is killed goes on with nothing.
 */
import { MINUTE_MS, SECOND_MS } from "../../../lib/core/time.ts";
import { eventsOf } from "../../../lib/events/events-of.ts";
import { EVENT_TYPES } from "../../../lib/events/types/event-types.ts";
import type { NotifyDeps } from "../../../lib/notify/run.ts";
import type { ItemKey } from "../../../lib/notify/stores.ts";
import { resumeSubscriber } from "../../../lib/notify/subscriber-health.ts";
import { createNotify, type Notify, WAKE_AFTER_S } from "../../../lib/notify/sweep.ts";
import { withFaults } from "../../support/faulty-store.ts";
import { NOON } from "../../support/fixtures.ts";
import { createMemoryNotifyStore } from "../../support/memory-notify-store.ts";
import { createHistory } from "./history.ts";
import { createReceiver } from "./receiver.ts";
import { createVirtualTime } from "./virtual-time.ts";

export type Saboteur = (deps: NotifyDeps) => NotifyDeps;

interface Environment {
  readonly notify: Notify;
  readonly deployment: number;
  isDead: boolean;
  /** Ends the invocation that is under way. */
  crash: (() => void) | undefined;
}
type Message = { readonly keys: readonly ItemKey[] } | { readonly sweep: true };

const MOST_ENVIRONMENTS = 10;
const REDELIVERED_MS = 90 * SECOND_MS;
const MESSAGE_LIVES_MS = 300 * SECOND_MS;
const NEVER = new Promise<never>(() => {});

/** @param random - 0 to 1: latencies, jitter and whom a fault meets. */
export function createWorld(random: () => number, sabotage: Saboteur = (deps) => deps) {
  const time = createVirtualTime(NOON);
  const { now } = time;
  const lag = { ms: 0 };
  const table = createMemoryNotifyStore({ now, lagMs: () => random() * lag.ms });
  const history = createHistory(table, now);
  const receivers = {
    bus: createReceiver("bus", time, random),
    steady: createReceiver("steady", time, random),
    hostile: createReceiver("hostile", time, random),
  };
  const all = { steady: { events: EVENT_TYPES }, hostile: { events: EVENT_TYPES } };
  const { hostile: _, ...withoutHostile } = all;
  let subscribers: NotifyDeps["subscribers"] = all;
  /** When something happened that the 60 seconds are counted from anew. */
  const troubles: number[] = [];
  const idle: Environment[] = [];
  const busy = new Set<Environment>();
  const waiting: { readonly message: Message; readonly sentMs: number }[] = [];
  let faults = { kind: "failed" as "failed" | "lost", left: 0 };
  let deployment = 1;
  let environmentCount = 0;
  let killAfter: number | undefined;

  const trouble = () => troubles.push(now().getTime());
  function kill(environment: Environment): void {
    environment.isDead = true;
    environment.crash?.();
    trouble();
  }

  function createEnvironment(): Environment {
    let name = 0;
    const step = async (environment: Environment) => {
      await time.sleep(1 + Math.floor(random() * 12));
      if (killAfter !== undefined && killAfter-- <= 0) {
        killAfter = undefined;
        kill(environment);
      }
      if (environment.isDead) await NEVER;
    };
    const store = withFaults(table, async () => {
      await step(environment);
      if (faults.left <= 0) return "none";
      faults = { ...faults, left: faults.left - 1 };
      trouble();
      return faults.kind;
    });
    const deps: NotifyDeps = {
      ...{ store, eventsOf, now, random, subscribers },
      holder: () => `${environmentCount}-${++name}-${random()}`,
      send: async (subscriber, event, options) => {
        await step(environment);
        const answer = await receivers[subscriber as keyof typeof receivers].send(subscriber, event, options);
        if (environment.isDead) await NEVER;
        return answer;
      },
    };
    environmentCount += 1;
    const environment: Environment = {
      notify: createNotify(sabotage(deps)),
      deployment,
      isDead: false,
      crash: undefined,
    };
    return environment;
  }
  async function invoke(message: Message, sentMs: number): Promise<void> {
    const environment = idle.pop() ?? createEnvironment();
    busy.add(environment);
    const died = new Promise<"died">((resolve) => {
      environment.crash = () => resolve("died");
    });
    const work = "keys" in message ? environment.notify.handleKeys(message.keys) : environment.notify.sweep();
    const end = await Promise.race([
      work.then(
        () => "done" as const,
        () => "failed" as const,
      ),
      died,
    ]);
    busy.delete(environment);
    if (end !== "died" && environment.deployment === deployment) idle.push(environment);
    if (end !== "done") {
      time.at(now().getTime() + REDELIVERED_MS, () => {
        if (now().getTime() - sentMs < MESSAGE_LIVES_MS) void receive(message, sentMs);
      });
    }
    const next = waiting.shift();
    if (next) void invoke(next.message, next.sentMs);
  }
  function receive(message: Message, sentMs: number): void {
    if (busy.size < MOST_ENVIRONMENTS) void invoke(message, sentMs);
    else waiting.push({ message, sentMs });
  }
  const post = (message: Message, delayMs: number) => {
    const sentMs = now().getTime() + delayMs;
    time.at(sentMs, () => receive(message, sentMs));
  };

  /** Scheduler, which is late by up to a minute, and the messages that the function sends itself. */
  let isScheduled = true;
  function schedule(): void {
    const minute = (atMs: number) => {
      time.at(atMs, () => minute(atMs + MINUTE_MS));
      if (!isScheduled) return;
      time.at(atMs + random() * 59 * SECOND_MS, () => {
        for (const seconds of WAKE_AFTER_S) post({ sweep: true }, seconds * SECOND_MS);
        receive({ sweep: true }, now().getTime());
      });
    };
    minute(now().getTime());
  }
  schedule();

  async function troubledMinutes(minutes: number): Promise<void> {
    trouble();
    for (let left = minutes; left > 0; left--) {
      await time.advance(MINUTE_MS);
      trouble();
    }
  }

  const hostileState = async () => (await table.readSubscriber("hostile"))?.state;
  return {
    ...{ table, history, receivers, troubles, lag, hostileState },
    nowMs: () => now().getTime(),
    advance: time.advance,
    wake: (key: ItemKey, delayMs: number) => post({ keys: [key] }, delayMs),
    /** Hours in which only a few sweeps run. That is a trouble from its first minute to three minutes after its last. */
    async passHours(hours: number, sweepsAnHour = 3): Promise<void> {
      isScheduled = false;
      for (let left = hours * sweepsAnHour; left > 0; left--) {
        await troubledMinutes(60 / sweepsAnHour);
        receive({ sweep: true }, now().getTime());
      }
      isScheduled = true;
      await troubledMinutes(3);
    },
    kill(after: number): void {
      if (after > 0) killAfter = after;
      else for (const environment of [...busy]) kill(environment);
    },
    fail(kind: "failed" | "lost", requests: number): void {
      faults = { kind, left: requests };
    },
    /** What a person does with `offair events resume`. */
    async resume(): Promise<void> {
      const found = await table.readSubscriber("hostile");
      if (!found?.state.ended) return;
      const resumed = resumeSubscriber(found.state, { at: now(), by: "ana", reason: "repaired" });
      await table.replaceSubscriber(resumed, found.revision);
    },
    /** A deployment whose policy has the subscriber, or not. */
    deploy(hasHostile: boolean): void {
      subscribers = hasHostile ? all : withoutHostile;
      deployment += 1;
      idle.splice(0);
    },
    async stop(): Promise<void> {
      killAfter = undefined;
      faults = { kind: "failed", left: 0 };
      lag.ms = 0;
    },
  };
}
export type World = ReturnType<typeof createWorld>;
