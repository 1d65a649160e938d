/** Plays on the local stack what is counted: reports, orders of operators, a batch, audits, and what happens when nothing does. */
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
/** Streams of the batch, and of the one before it, which is not counted: it warms what a batch needs. */
const BATCH = 500;
const FIRST_BATCH = 8;
/** When the statistics of a pause are read; the shortest time that the worker accepts. */
const STATISTICS_S = 20;
const AUDITS = { "audit of 1 k": 1_000, "audit of 10 k": 10_000, "audit of 100 k": 100_000 } as const;
const PATIENCE_MS = 60_000;
const DOMAIN = "publish.example.huawei.com";
const ASKED = { reason: "INC-881: a raid on live", requestedBy: "ana@example.com" };

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

interface Answer {
  readonly ok: boolean;
  readonly plan?: { readonly orderId: string; readonly sha256: string };
}

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

/** Plans and applies by one person, because the limits of this policy ask for no second one, and waits for every result. */
async function batch({ world: { stack } }: Stage, size: number): Promise<void> {
  const streams = Array.from({ length: size }, (_, index) => {
    return { domain: DOMAIN, app: "live", stream: `raid-${size}-${index}` };
  });
  const ask = async (event: object) =>
    (await stack.invoke("incident", { ...ASKED, ...event, id: randomUUID() })) as Answer;
  const { plan } = await ask({ action: "plan", wanted: "disable", streams, hours: 24 });
  assert(plan, "there is no plan");
  const { orderId, sha256: planSha256 } = plan;
  const applied = await ask({ action: "apply", orderId, planSha256, dryRun: false });
  assert(applied.ok, JSON.stringify(applied));
  const ledger = createLedger(stack.clients.dynamo, stack.table);
  async function ended(): Promise<true | undefined> {
    await sleep(5 * SECOND_MS); // the table shares this machine with the functions
    return (await ledger.listBatchResults(orderId)).length === size || undefined;
  }
  await until("every stream of the batch has a result", ended, 4 * PATIENCE_MS);
}

/**
 * Plays each scene once before it is counted, so that every environment it needs is warm and every secret is read. What happens in an idle
 * month comes first: later a sweep finds cases, and an audit the orders.
 */
async function everyday(stage: Stage, isQuick: boolean): Promise<Scenes> {
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
  const sweep = (fn: string) => () => stack.runSchedule(new Date(), fn);
  await play("clock sweep", TIMES, sweep("clock"));
  await play("notify sweep", TIMES, sweep("notify"));
  // Each scheduled hour has one entry of the chain, and only the last two are recent enough.
  const hourMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
  await play("idle audit", 1, (index) => stack.runSchedule(new Date(hourMs + index * HOUR_MS)));
  const kinds = Object.keys(REPORTS) as (keyof typeof REPORTS)[];
  for (const kind of isQuick ? (["disabled"] as const) : kinds) {
    await play(`report ${kind}`, TIMES, async (index) => {
      const stream = `${kind}-${index}`;
      simulator.addEncoders([{ domain: DOMAIN, app: "live", stream, reconnectAfterMs: 3_600_000 }]);
      await report(stage, kind, stream);
    });
  }
  if (isQuick) return scenes;
  await play("order", TIMES, async (index) => {
    const streams = [{ domain: DOMAIN, app: "live", stream: `order-${index}` }];
    const asked = { ...(await readEvent("incident-disable")), id: randomUUID(), streams, dryRun: false };
    const answer = await stack.invoke("incident", asked);
    assert.match(JSON.stringify(answer), /"ok":true/, JSON.stringify(answer));
  });
  await play("clock sweep with cases", TIMES, sweep("clock"));
  await play("canary", 2, sweep("canary"));
  await play(`batch of ${BATCH}`, 1, (index) => batch(stage, index < 0 ? FIRST_BATCH : BATCH));
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

/** @param isQuick - only an idle month, and a report that disables. */
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
        return everyday(stage, isQuick);
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
