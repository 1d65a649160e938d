/** The scheduled audit as EventBridge Scheduler and Lambda's asynchronous invocations carry it: repeated, given up, dead-lettered. */
import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { type PackagedAlone, packageAlone } from "../../build/package-alone.ts";
import { AUDIT_KEY_SECRET, startWorld, type World, type WorldOptions } from "../../local/demo/world.ts";
import { changeTemplate } from "../support/changed-template.ts";

const HOUR_MS = 3_600_000;
const hour = (ago: number) => new Date(Math.floor(Date.now() / HOUR_MS - ago) * HOUR_MS);

let packaged: PackagedAlone;
beforeAll(async () => {
  packaged = await packageAlone();
});
afterAll(() => packaged?.remove());

async function inWorld(
  options: Partial<WorldOptions>,
  play: (world: World, seen: { metrics: string[]; alerts: Set<string> }) => Promise<void>,
): Promise<void> {
  const seen = { metrics: [] as string[], alerts: new Set<string>() };
  const onAlert = ({ name }: { name: string }) => void seen.alerts.add(name.replace("offair-local-", ""));
  const { templatePath } = packaged;
  const world = await startWorld({ templatePath, ports: { gateway: 0 }, recycleProbability: 0, onAlert, ...options });
  try {
    world.stack.onMetric(({ name }) => seen.metrics.push(name));
    await play(world, seen);
  } finally {
    await world.close();
  }
}

async function deadLetter({ stack }: World): Promise<unknown> {
  const command = new ReceiveMessageCommand({ QueueUrl: stack.queues.AuditDeadLetters, WaitTimeSeconds: 5 });
  const { Messages = [] } = await stack.clients.sqs.send(command);
  return JSON.parse(Messages[0]?.Body ?? "null");
}

it("an audit that is throttled waits in Lambda's queue, and is made once the one before has ended", async () => {
  await inWorld({}, async ({ stack, simulator }, { metrics }) => {
    simulator?.addFault({ kind: "delay", ms: 200, match: { method: "GET", path: "stream/blocks" } });
    const audits = [hour(1), hour(0)].map((slot) => stack.runSchedule(slot));
    expect(await Promise.all(audits)).toMatchObject([{ written: true }, { written: true }]);
    expect(metrics).toContain("Throttles");
    expect(metrics).not.toContain("AsyncEventsDropped");
  });
});

it("an audit that fails is attempted three times; its event is then dead-lettered with the reason, and alarms go off", async () => {
  await inWorld({ secretsValues: { [AUDIT_KEY_SECRET]: "no key" } }, async (world, { metrics, alerts }) => {
    const slot = hour(0);
    await expect(world.stack.runSchedule(slot)).rejects.toThrow("audit key");
    expect(metrics.filter((name) => name === "AsyncEventAge")).toHaveLength(3);
    expect(alerts).toContain("audit-events-dropped");
    expect(await deadLetter(world)).toMatchObject({
      requestContext: { condition: "RetriesExhausted", approximateInvokeCount: 3 },
      requestPayload: { slot: slot.toISOString().replace(".000Z", "Z") },
      responsePayload: { errorType: "OffairError" },
    });
  });
});

it("a schedule whose role may not invoke the function dead-letters its input, and an alarm goes off", async () => {
  const templatePath = changeTemplate(packaged.templatePath, "SchedulerRole", ({ Policies }) => {
    const [{ PolicyDocument }] = Policies as [{ PolicyDocument: { Statement: { Action: string }[] } }];
    PolicyDocument.Statement = PolicyDocument.Statement.filter(({ Action }) => Action !== "lambda:InvokeFunction");
  });
  await inWorld({ templatePath }, async (world, { metrics, alerts }) => {
    await expect(world.stack.runSchedule(hour(0))).rejects.toThrow("lambda:InvokeFunction");
    expect(metrics).toEqual(["InvocationAttemptCount", "TargetErrorCount", "InvocationsSentToDeadLetterCount"]);
    expect(alerts).toContain("schedule-fails");
    expect(await deadLetter(world)).toHaveProperty("slot");
  });
});
