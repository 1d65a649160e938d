/** Plays on the local stack what is counted: reports, orders of operators, audits, and what happens when nothing does. */
import { strict as assert } from "node:assert";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { packageAlone, withoutLimits } from "../../build/package-alone.ts";
import { createLedger } from "../../lib/aws/dynamodb/ledger.ts";
import { HOUR_MS, SECOND_MS } from "../../lib/core/time.ts";
import { readEvent, until } from "../../local/demo/scene.ts";
import { postReport, signReport } from "../../local/demo/send-report.ts";
import { SOURCE, SOURCE_SECRET, startWorld, type World, type WorldOptions } from "../../local/demo/world.ts";
import { runAudit, writeLongList } from "../../local/exercises/long-list.ts";
import { RECEIVER } from "../floors/event-hops.ts";
import { startReceiver } from "../receiver.ts";
import { createRecorder, type Recorder, type Used } from "./recorder.ts";
import { indexesOf } from "./template-facts.ts";

/** How often each scene is played, one after another; its cost is the mean. */
const TIMES = 6;
/** When the statistics of a pause are read; the shortest time that the worker accepts. */
const STATISTICS_S = 20;
const AUDITS = { "audit of 1 k": 1_000, "audit of 10 k": 10_000, "audit of 100 k": 100_000 } as const;
const PATIENCE_MS = 60_000;
const DOMAIN = "publish.example.huawei.com";

/** What a report says, by what becomes of it under policy.yml. */
const REPORTS = {
  ignored: { category: "nudity", score: 0.2 },
  reviewed: { category: "nudity", score: 0.6 },
  paused: { category: "nudity", score: 0.93 },
  disabled: { category: "csam", score: 0.97 },
} as const;

export interface Scene extends Used {
  /** Number of things that were done: divide by it. */
  readonly times: number;
}
export type Scenes = Record<string, Scene>;

const progress = (name: string): void => void process.stderr.write(`counted: ${name}\n`);

interface Stage {
  readonly world: World;
  readonly recorder: Recorder;
}

async function onStage<T>(
  templatePath: string,
  options: Partial<WorldOptions>,
  play: (stage: Stage) => Promise<T>,
): Promise<T> {
  const cleanup = new AsyncDisposableStack();
  try {
    const receiver = await startReceiver();
    cleanup.defer(() => receiver.close());
    const ports = { gateway: 0, live: 0, receiver: Number(new URL(receiver.url).port) };
    const recorder = createRecorder({ indexes: indexesOf(templatePath), ports });
    cleanup.defer(async () => recorder.close());
    const subscribers = { [RECEIVER]: { url: receiver.url } };
    const world = await startWorld({
      ...{ templatePath, subscribers, ports: { gateway: 0 }, recycleProbability: 0, earlierHops: 0, ...options },
    });
    cleanup.defer(() => world.close());
    Object.assign(ports, { gateway: portOf(world.stack.gatewayUrl), live: portOf(world.liveUrl) });
    world.stack.onLog(recorder.onLog);
    return await play({ world, recorder });
  } finally {
    await cleanup.disposeAsync();
  }
}

const portOf = (url: string): number => Number(new URL(url).port);

/** @param done - resolves when the report, or what it caused, has ended. */
async function report({ world: { stack } }: Stage, kind: keyof typeof REPORTS, stream: string): Promise<void> {
  const sample = await readEvent("report-nudity");
  const body = { ...sample, ...REPORTS[kind], stream: { domain: DOMAIN, app: "live", stream } };
  const signed = signReport({ ...body, occurredAt: new Date().toISOString() }, SOURCE_SECRET);
  const { status, text } = await postReport(stack.gatewayUrl, SOURCE, signed);
  assert.equal(status, 202, text);
  const ledger = createLedger(stack.clients.dynamo, stack.table);
  await until(
    `a report is ${kind}`,
    async () => ((await ledger.readReport(`${SOURCE}#${signed.id}`))?.outcome === undefined ? undefined : true),
    PATIENCE_MS,
  );
}

/** Plays each scene once before it is counted, so that every environment it needs is warm and every secret is read. */
async function reportsAndOrders(stage: Stage): Promise<Scenes> {
  const { world, recorder } = stage;
  const { stack, simulator } = world;
  assert(simulator);
  const scenes: Scenes = {};
  const play = async (name: string, times: number, once: (index: number) => Promise<unknown>): Promise<void> => {
    await recorder.during(async () => {
      await once(-1);
      if (name === "report paused") await sleep((STATISTICS_S + 3) * SECOND_MS);
    });
    const used = await recorder.during(async () => {
      for (let index = 0; index < times; index++) await once(index);
      if (name === "report paused") await sleep((STATISTICS_S + 3) * SECOND_MS);
    });
    scenes[name] = { ...used, times };
    progress(name);
  };
  for (const kind of Object.keys(REPORTS) as (keyof typeof REPORTS)[]) {
    await play(`report ${kind}`, TIMES, async (index) => {
      const stream = `${kind}-${index}`;
      simulator.addEncoders([{ domain: DOMAIN, app: "live", stream, reconnectAfterMs: 3_600_000 }]);
      await report(stage, kind, stream);
    });
  }
  await play("order", TIMES, async (index) => {
    const streams = [{ domain: DOMAIN, app: "live", stream: `order-${index}` }];
    const asked = { ...(await readEvent("incident-disable")), id: randomUUID(), streams, dryRun: false };
    const answer = await stack.invoke("incident", asked);
    assert.match(JSON.stringify(answer), /"ok":true/, JSON.stringify(answer));
  });
  for (const [name, fn] of [
    ["clock sweep", "clock"],
    ["notify sweep", "notify"],
    ["canary", "canary"],
  ] as const) {
    await play(name, fn === "canary" ? 2 : TIMES, () => stack.runSchedule(new Date(), fn));
  }
  // An audit of little, as in an idle month. Each scheduled hour has one entry of the chain, and only the last two are recent enough.
  const hourMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
  await play("idle audit", 1, (index) => stack.runSchedule(new Date(hourMs + index * HOUR_MS)));
  return scenes;
}

/** A fresh stack for each size, because a scheduled hour has one entry of the chain. */
const audit = (templatePath: string, streams: number): Promise<Scene> =>
  onStage(templatePath, { environment: { LIVE_QUOTA_READ_BLOCKS: "600000" } }, async ({ world, recorder }) => {
    world.simulator?.changeSettings({ quotas: { readBlocks: 600_000 } });
    const [slot = assert.fail("no slot")] = await writeLongList(world, streams, 1);
    const early = await world.stack.runSchedule(new Date(slot.getTime() - HOUR_MS));
    assert.match(JSON.stringify(early), /"written":false/);
    const used = await recorder.during(async () => {
      const { answer } = await runAudit(world, slot);
      assert.match(JSON.stringify(answer), /"written":true/);
    });
    return { ...used, times: 1 };
  });

/** @param isQuick - without the long scenes. */
export async function playScenes(isQuick: boolean): Promise<Scenes> {
  const { info } = console;
  console.info = () => undefined; // of the chain's first entry, which is written in this process
  const { templatePath, remove } = await packageAlone({ changePolicy: withoutLimits });
  try {
    const scenes = await onStage(
      templatePath,
      { environment: { LIVE_STATISTICS_S: `${STATISTICS_S}` } },
      async (stage) => {
        await stage.world.stack.invoke("incident", await readEvent("incident-mode"));
        return reportsAndOrders(stage);
      },
    );
    if (isQuick) return scenes;
    for (const [name, streams] of Object.entries(AUDITS)) {
      scenes[name] = await audit(templatePath, streams);
      progress(name);
    }
    return scenes;
  } finally {
    console.info = info;
    remove();
  }
}
