/** Measures from the post of a report, while no environment runs, to its 202: offair, the rival's webhook, and one that only answers. */
import { strict as assert } from "node:assert";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { packageAlone } from "../build/package-alone.ts";
import { FOREIGN_SECRET, readEvent } from "../local/demo/scene.ts";
import { postReport, signReport } from "../local/demo/send-report.ts";
import { SOURCE, SOURCE_SECRET, startWorld } from "../local/demo/world.ts";
import type { Stack } from "../local/stack/stack.ts";
import type { Bench, Effort, Measured, Row } from "./bench.ts";
import { buildRivals } from "./rivals/build.ts";
import { rotated } from "./take-turns.ts";
import { changeTemplate } from "./two-stacks.ts";

const LIMITS = { atLeast: 21, atMost: 200, seconds: 120 };
/** Warm-up: loads the files from disk, and opens the sender's first connection. */
const WARM_UP_ROUNDS = 2;

/** Each side has its own stack; no worker reads its queues. */
interface Side {
  readonly name: string;
  readonly stack: Stack;
  /** Milliseconds to the answer, while no environment runs. @throws if it is not 202. */
  coldAnswerMs(secret?: string): Promise<number>;
  close(): Promise<void>;
}

async function startSide(name: string, templatePath: string, taskRoot?: string): Promise<Side> {
  const sample = await readEvent("report-nudity");
  const options = { templatePath, ports: { gateway: 0 }, recycleProbability: 0 };
  const { stack, close } = await startWorld({ ...options, ...(taskRoot && { taskRoot }) });
  return {
    ...{ name, stack, close },
    async coldAnswerMs(secret = SOURCE_SECRET) {
      const signed = signReport({ ...sample, occurredAt: new Date().toISOString() }, secret);
      await stack.kill("webhook");
      const startedMs = performance.now();
      const { status, text } = await postReport(stack.gatewayUrl, SOURCE, signed);
      const ms = performance.now() - startedMs;
      assert.equal(status, 202, `${name}: ${text}`);
      return ms;
    },
  };
}

/** Checks that a forged report is refused, and that a valid one is on a queue when it is answered. */
async function check({ name, stack, coldAnswerMs }: Side): Promise<void> {
  await assert.rejects(coldAnswerMs(FOREIGN_SECRET), { actual: 401 }, `${name} takes what is forged`);
  assert.equal(await messagesOn(stack), 0, `${name}: what was refused is on a queue`);
  await coldAnswerMs();
  assert.equal(await messagesOn(stack), 1, `${name}: the accepted report is on no queue`);
}

async function messagesOn({ clients, queues }: Stack): Promise<number> {
  const counts = ["UrgentQueue", "BulkQueue"].map(async (queue) => {
    const AttributeNames = ["ApproximateNumberOfMessages" as const];
    const { Attributes } = await clients.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: queues[queue], AttributeNames }),
    );
    return Number(Attributes?.ApproximateNumberOfMessages);
  });
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}

/** Answers without reading the request, which leaves the start of the process and the way to it. */
function writeFloor(taskRoot: string): void {
  const dir = join(taskRoot, "dist/webhook");
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, "index.mjs"), "export const handler = async () => ({ statusCode: 202 });");
}

const BOUND =
  "`floor` is part of both sides and cannot be reduced: the start of Node, and the way through the gateway. So are the two requests, one after the other, because nothing of a report is used before the secret has proven it: with Node's HTTP alone they take 12 ms of CPU in a fresh process, which with `floor` is 0.22 of the rival's CPU. offair takes 0.39 of it: 30 ms more for loading and running the SDK's clients, 22 for zod, the policy and the rest of the bundle. It waits for 3 % of the time only, so that nothing is gained by doing other work meanwhile.";
const ROW: Row = {
  what: "fresh process to the first 202",
  ...{ above: "ours", below: "rival", target: { atMost: 0.4 }, bound: BOUND },
};

async function measure(sides: readonly Side[], { rounds }: Effort): Promise<Measured> {
  for (let round = 0; round < WARM_UP_ROUNDS; round++) {
    for (const { coldAnswerMs } of sides) await coldAnswerMs();
  }
  const times = new Map<string, number[]>(sides.map(({ name }) => [name, []]));
  const samples = Object.fromEntries([...times].map(([name, values]) => [name, { unit: "ms" as const, values }]));
  const measured = { samples, rows: [ROW] };
  for (const round of rounds(measured, LIMITS)) {
    for (const { name, coldAnswerMs } of rotated(sides, round)) times.get(name)?.push(await coldAnswerMs());
  }
  return measured;
}

export const firstAnswer: Bench = {
  name: "first-answer",
  about:
    "posts a signed report to the local stack while no environment of the webhook runs; measured until the sender reads 202. `rival`: the webhook of `init`, on its own stack; `floor`: a function that answers 202 without reading the request.",
  async run(effort) {
    const dir = mkdtempSync(join(tmpdir(), "offair-first-"));
    const cleanup = new AsyncDisposableStack();
    cleanup.defer(() => rmSync(dir, { recursive: true, force: true }));
    try {
      const { templatePath, remove } = await packageAlone();
      cleanup.defer(remove);
      changeTemplate(templatePath, { isConsumed: false, isNotified: false });
      await buildRivals(join(dir, "rival/dist"));
      writeFloor(join(dir, "floor"));
      const start = async (name: string, taskRoot?: string) => {
        const side = await startSide(name, templatePath, taskRoot);
        cleanup.defer(() => side.close());
        return side;
      };
      const ours = await start("ours");
      const rival = await start("rival", join(dir, "rival"));
      for (const side of [ours, rival]) await check(side);
      const floor = await start("floor", join(dir, "floor"));
      return await measure([ours, rival, floor], effort);
    } finally {
      await cleanup.disposeAsync();
    }
  },
};
