/** Lambda's recursive loop detection: a function that sends messages to its own queue, and the packaged worker, which does. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ReceiveMessageCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type PackagedAlone, packageAlone } from "../../build/package-alone.ts";
import { incident, until } from "../../local/demo/scene.ts";
import { startWorld } from "../../local/demo/world.ts";
import { type Stack, startStack } from "../../local/stack/stack.ts";
import { changeTemplate } from "../support/changed-template.ts";

/** As long as a busy machine may take. */
const BUSY_MS = 60_000;

async function firstMessage({ clients }: Stack, QueueUrl: string | undefined): Promise<string | undefined> {
  const command = new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1 });
  return until("there is a message", async () => (await clients.sqs.send(command)).Messages?.[0]?.Body, BUSY_MS);
}

describe("a function that sends its messages to its own queue", () => {
  const fixtures = join(import.meta.dirname, "../local/fixtures");
  const directory = mkdtempSync(join(tmpdir(), "offair-loop-"));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  /** Sends the message 1 to the queue of a function that ends at 20. Returns the numbers with which it was invoked, and the metrics. */
  async function loop(
    RecursiveLoop: string | undefined,
    isOver: (stack: Stack, numbers: number[]) => Promise<unknown>,
  ) {
    const template = JSON.parse(readFileSync(join(fixtures, "template.json"), "utf8"));
    const { WorkerLambdaFunction } = template.Resources;
    const Environment = { Variables: { QUEUE_URL: { Ref: "Queue" }, LAST: "20" } };
    Object.assign(WorkerLambdaFunction.Properties, {
      ...{ Handler: "loops.handler", Environment, RecursiveLoop },
      LoggingConfig: { LogFormat: "JSON" },
    });
    const templatePath = join(directory, "template.json");
    writeFileSync(templatePath, JSON.stringify(template));
    const stack = await startStack({
      // Long enough that a busy machine deletes what is done before it is delivered again: the second delivery is the last.
      ...{ templatePath, taskRoot: join(fixtures, "task"), ports: { gateway: 0 }, visibilitySeconds: 5 },
      ...{ liveEndpoint: "http://127.0.0.1:9", projectId: "0123456789abcdef0123456789abcdef" },
    });
    try {
      const numbers: number[] = [];
      const metrics: string[] = [];
      stack.onLog(({ record }) => {
        const { number } = (record?.message ?? {}) as { number?: number };
        if (number !== undefined) numbers.push(number);
      });
      stack.onMetric(({ name }) => metrics.push(name));
      await stack.clients.sqs.send(new SendMessageCommand({ QueueUrl: stack.queues.Queue, MessageBody: "1" }));
      return { ended: await isOver(stack, numbers), numbers, metrics };
    } finally {
      await stack.close();
    }
  }
  /** Without repetitions: on a busy machine a message may be delivered again before it is deleted. */
  const upTo = (last: number) => new Set(Array.from({ length: last }, (_, index) => index + 1));

  it("is invoked 16 times; the 17th message is refused at each delivery, and dead-lettered", async () => {
    const isDead = (stack: Stack) => firstMessage(stack, stack.queues.DeadLetters);
    const { ended, numbers, metrics } = await loop(undefined, isDead);
    expect(ended).toBe("17");
    expect(new Set(numbers)).toEqual(upTo(16));
    expect(metrics.length).toBeGreaterThanOrEqual(2); // maxReceiveCount of the fixture
    expect(new Set(metrics)).toEqual(new Set(["RecursiveInvocationsDropped"]));
  });

  it("is invoked as often as it sends if it allows loops", async () => {
    const isDone = (_: Stack, numbers: number[]) =>
      until("the last message", async () => (numbers.includes(20) ? "done" : undefined), BUSY_MS);
    const { numbers, metrics } = await loop("Allow", isDone);
    expect(new Set(numbers)).toEqual(upTo(20));
    expect(metrics).toEqual([]);
  });
});

describe("the packaged worker", () => {
  let packaged: PackagedAlone;
  beforeAll(async () => {
    packaged = await packageAlone();
  });
  afterAll(() => packaged?.remove());

  /** Applies a plan at the 16th invocation of a chain: the worker queues its orders, which are the 17th. */
  async function applyPlan(templatePath: string) {
    const alerts: string[] = [];
    const onAlert = ({ name }: { name: string }) => void alerts.push(name.replace("offair-local-", ""));
    const world = await startWorld({
      templatePath,
      onAlert,
      ports: { gateway: 0 },
      earlierHops: 15,
      visibilitySeconds: 1,
    });
    try {
      const base = { requestedBy: "ana@example.com", reason: "INC-881: a long job" };
      await incident({ world }, { action: "mode", mode: "enforce", dryRun: false, ...base });
      const streams = ["a", "b"].map((stream) => ({ domain: "push.example.com", app: "live", stream }));
      const { plan } = await incident({ world }, { action: "plan", wanted: "disable", hours: 24, streams, ...base });
      const named = { orderId: plan?.orderId, planSha256: plan?.sha256 };
      expect(await incident({ world }, { action: "apply", ...named, ...base })).toMatchObject({ ok: true });
      const ended = () => (world.simulator?.state().disabled.length === 2 ? "off" : undefined);
      const stopped = () => (alerts.includes("recursion-stopped") ? "stopped" : undefined);
      return { outcome: await until("an outcome", async () => ended() ?? stopped(), BUSY_MS), alerts };
    } finally {
      await world.close();
    }
  }

  it("carries out what its own messages ask for, at the end of the longest chain that Lambda permits others", async () => {
    expect(await applyPlan(packaged.templatePath)).toEqual({ outcome: "off", alerts: [] });
  });

  it("would be stopped without RecursiveLoop: Allow, and an alarm would say so", async () => {
    const without = changeTemplate(packaged.templatePath, "WorkerLambdaFunction", (properties) => {
      expect(properties.RecursiveLoop).toBe("Allow");
      delete properties.RecursiveLoop;
    });
    expect(await applyPlan(without)).toMatchObject({ outcome: "stopped", alerts: ["recursion-stopped"] });
  });
});
