/** Plays a script on a world: every step at its time, then the wait until nothing is left to do, and what all of it left behind. */
import { setTimeout as sleep } from "node:timers/promises";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { collect, queuesAreEmpty } from "./collect.ts";
import { CLOCK_OFF, CLOCK_RIGHT, OLD_KEY_REMOVED, RIGHT_PAIR, WRONG_PAIR, WRONG_PAIR_REFUSED } from "./event-log.ts";
import type { Happened, Material } from "./inputs.ts";
import type { Deed, Script, Step } from "./script-types.ts";
import { secretsOf } from "./secrets.ts";
import { createSenders, type Senders } from "./senders.ts";
import { auditor, CROWD, type DayWorld, SOURCE_SECRET, WORKER_SECRET, worker } from "./world.ts";

/** How long a step waits for what it follows. */
const PATIENCE_MS = 20_000;
const POLL_MS = 25;
const DRAIN_POLL_MS = 500;

export interface PlayOptions {
  readonly sabotage: string | undefined;
  /** For whoever watches. */
  readonly tell: (line: string) => void;
}

export async function play(script: Script, world: DayWorld, { sabotage, tell }: PlayOptions): Promise<Material> {
  const { seed, scale, steps, streams } = script;
  const { stack, simulator } = world;
  const secrets = secretsOf(seed);
  const senders = createSenders(stack.gatewayUrl, secrets);
  const happened: Happened[] = [];
  const logs: { functionName: string; line: string }[] = [];
  stack.onLog(({ functionName, line }) => logs.push({ functionName, line }));
  const actors: Actors = {
    ...{ script, world, senders, happened },
    note: (fault, hits, note = "") => happened.push({ at: new Date().toISOString(), fault, hits, note }),
  };

  simulator.addEncoders(streams);
  simulator.addDisabled(Array.from({ length: scale.crowd }, (_, index) => ({ ...CROWD, stream: `long-ago-${index}` })));
  await stack.invoke("incident", {
    ...{ action: "mode", mode: "enforce", dryRun: false },
    ...{ reason: "game day", requestedBy: "ana@example.com" },
  });

  const startedAt = new Date();
  const passed = () => Date.now() - startedAt.getTime();
  const running = new Set<Promise<void>>();
  const run = (work: Promise<void>) => {
    const tracked = work.finally(() => running.delete(tracked));
    running.add(tracked);
  };
  for (const [index, step] of steps.entries()) {
    const waitMs = step.atMs - passed();
    if (waitMs > 0) await sleep(waitMs);
    run(act(step, actors));
    if (index % 25 === 0) tell(progress(passed(), senders, "the day"));
  }
  // With a saboteur in it something may never end, and what is broken is seen by then.
  const patienceMs = sabotage === undefined ? 90_000 + 60 * scale.reports : 45_000;
  const giveUpAt = Date.now() + patienceMs;
  const settle = async (what: string): Promise<boolean> => {
    while (running.size > 0) await Promise.race([Promise.all(running), sleep(DRAIN_POLL_MS)]);
    for (let calm = 0; calm < 2; ) {
      if (Date.now() > giveUpAt) return false;
      await sleep(DRAIN_POLL_MS);
      calm = (await queuesAreEmpty(stack)) ? calm + 1 : 0;
      tell(progress(passed(), senders, what));
    }
    return true;
  };
  const first = await settle("what is under way");
  await Promise.all(script.postedAgain.map((id) => senders.postAgain(id, "after the end")));
  const drained = (await settle("what was posted again")) && first;
  actors.note("ledger throttled", world.throttle.hits("dynamodb"));
  actors.note("queue throttled", world.throttle.hits("sqs"));

  return {
    ...(await collect(world)),
    day: [
      {
        ...{ seed, reports: scale.reports, sabotage: sabotage ?? null, drained },
        ...{ startedAt: startedAt.toISOString(), endedAt: new Date().toISOString() },
        ...{ quotas: scale.quotas, share: scale.share },
        users: {
          [secrets.oldPair.ak]: "worker",
          [secrets.newPair.ak]: "worker",
          [secrets.auditPair.ak]: "audit",
        },
      },
    ],
    ...{ sent: senders.sent, answers: senders.answers, happened, logs },
    alerts: world.alerts.map(({ name, description, at }) => ({ name, note: description, at: at.toISOString() })),
  };
}

const progress = (passedMs: number, senders: Senders, what: string): string =>
  `${(passedMs / 1_000).toFixed(0).padStart(4)} s  ${what}: ${senders.sent.length} sent, ${senders.accepted()} reports accepted`;

interface Actors {
  readonly script: Script;
  readonly world: DayWorld;
  readonly senders: Senders;
  readonly happened: readonly Happened[];
  readonly note: (fault: string, hits: number, note?: string) => void;
}

async function act({ deed, onceStruck, after }: Step, actors: Actors): Promise<void> {
  const { simulator } = actors.world;
  if (onceStruck !== undefined) {
    await until(() => simulator.faults().some(({ id, fired }) => id === onceStruck && fired > 0));
  }
  if (after !== undefined) {
    await until(() => actors.happened.some(({ fault }) => fault === after.fault));
    await sleep(after.ms);
  }
  await DEEDS[deed.kind](deed as never, actors); // each row of the table takes the deed of its own kind
}

/** The story goes on in any case: that something did not happen, the scorecard will say. */
async function until(isSo: () => boolean): Promise<boolean> {
  const giveUpAt = Date.now() + PATIENCE_MS;
  while (Date.now() < giveUpAt) {
    if (isSo()) return true;
    await sleep(POLL_MS);
  }
  return false;
}

type Deeds = {
  readonly [kind in Deed["kind"]]: (deed: Extract<Deed, { kind: kind }>, actors: Actors) => Promise<void>;
};

const DEEDS: Deeds = {
  async post({ report, copies, signedWith }, { senders }) {
    const first = senders.knows(report.id) ? "posted again" : "posted";
    const each = Array.from({ length: copies }, (_, index) =>
      senders.post(report, signedWith, index === 0 ? first : "at the same moment"),
    );
    await Promise.all(each);
  },

  async operator({ event }, { world, senders }) {
    const seq = senders.nextSeq();
    senders.sent.push({ kind: "order", seq, at: new Date().toISOString(), event: { ...event } });
    const answer = await world.stack.invoke("incident", event).catch((error: unknown) => String(error));
    const text = typeof answer === "string" ? answer : JSON.stringify(answer);
    const status = typeof answer === "string" ? null : 200;
    senders.answers.push({ seq, at: new Date().toISOString(), status, text });
  },

  async kill(_, { world, note }) {
    note("worker environments killed", await world.stack.kill("worker"));
  },

  async "live-fault"({ rule }, { world }) {
    world.simulator.addFault(rule);
  },

  async throttle({ service, probability }, { world }) {
    world.throttle.set(service, probability);
  },

  async "worker-key"({ pair }, { script, world, note }) {
    world.stack.secrets.put(WORKER_SECRET, JSON.stringify(secretsOf(script.seed)[pair]));
    note(pair === "wrongPair" ? WRONG_PAIR : RIGHT_PAIR, 1);
  },

  async "watch-refusal"(_, { script, world, note }) {
    const { ak } = secretsOf(script.seed).newPair;
    const since = world.simulator.calls().at(-1)?.seq ?? 0;
    const isRefused = () => world.simulator.calls(since).some((call) => call.ak === ak && call.status === 401);
    if (await until(isRefused)) note(WRONG_PAIR_REFUSED, 1);
  },

  async "old-key-removed"(_, { script, world, note }) {
    const { newPair, auditPair } = secretsOf(script.seed);
    world.simulator.changeSettings({ users: [worker(newPair), auditor(auditPair)] });
    note(OLD_KEY_REMOVED, 1);
  },

  async "source-keys"({ keys }, { script, world, note }) {
    const secrets = secretsOf(script.seed);
    world.stack.secrets.put(SOURCE_SECRET, JSON.stringify({ secrets: keys.map((key) => secrets[key]) }));
    note("webhook secret rotated", 1, keys.join(" and "));
  },

  async clock({ offsetMs }, { world, happened, note }) {
    const offAt = happened.find(({ fault }) => fault === CLOCK_OFF)?.at;
    if (offsetMs === 0 && offAt !== undefined) {
      // Not before somebody's call was refused for it: what nobody met was no fault of the day.
      await until(() => world.simulator.calls().some(({ status, time }) => status === 401 && time >= offAt));
    }
    world.simulator.changeSettings({ clockOffsetMs: offsetMs });
    note(offsetMs === 0 ? CLOCK_RIGHT : CLOCK_OFF, 1);
  },

  async poison(_, { world, note }) {
    const QueueUrl = world.stack.queues.BulkQueue;
    await world.stack.clients.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: '{"kind":"nonsense"}' }));
    note("poisoned message", 1);
  },

  async audit(_, { world, note }) {
    // Not waited for: at the pace it has, it walks on when the day is over.
    void world.stack.runSchedule().then(
      () => note("audit stored", 1),
      () => note("audit cut short", 1),
    );
    note("audit started", 1);
  },
};
