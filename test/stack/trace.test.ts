/** One id from the answer to a report to the evidence: in every log line, in the ledger, and in what an audit exports. */
import { randomUUID } from "node:crypto";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import * as z from "zod";
import { type PackagedAlone, packageAlone } from "../../build/package-alone.ts";
import { exportEvents } from "../../lib/aws/dynamodb/export-events.ts";
import { HOUR_MS } from "../../lib/core/time.ts";
import {
  endedOrder,
  endedReport,
  FOREIGN_SECRET,
  incident,
  openScene,
  readEvent,
  type Scene,
  signedReport,
  until,
} from "../../local/demo/scene.ts";
import { SOURCE, SOURCE_SECRET, startWorld, type World } from "../../local/demo/world.ts";
import type { LogLine } from "../../local/lambda/settings.ts";
import { collect } from "../support/collect.ts";

const STREAM = { domain: "publish.example.huawei.com", app: "live", stream: "traced" };
const lineSchema = z.object({ message: z.looseObject({ event: z.string(), traceId: z.string() }) });

let packaged: PackagedAlone;
let world: World;
let scene: Scene;
const logs: LogLine[] = [];

beforeAll(async () => {
  packaged = await packageAlone();
  world = await startWorld({ templatePath: packaged.templatePath, ports: { gateway: 0 }, seed: 7 });
  if (!world.simulator) throw new Error("there is no simulator");
  scene = openScene(world, world.simulator, STREAM);
  world.stack.onLog((line) => void logs.push(line));
  await incident(scene, await readEvent("incident-mode"));
});
afterAll(async () => {
  await world?.close();
  packaged?.remove();
});

/** What `filter message.traceId = "…"` finds in the functions' logs: function and event. */
const linesOf = (traceId: string): [name: string, event: string, line: Record<string, unknown>][] =>
  logs.flatMap(({ functionName, record }) => {
    const { data } = lineSchema.safeParse(record);
    if (data?.message.traceId !== traceId) return [];
    return [[functionName.replace("offair-local-", ""), data.message.event, data.message] as const].map(
      ([name, event, line]): [string, string, Record<string, unknown>] => [name, event, line],
    );
  });

/** A sender chooses no trace id. The second one is that of a chain of 99 invocations. */
const OF_THE_SENDER = { "x-offair-trace": "of-the-sender", "x-amzn-trace-id": "Root=of-the-sender;Lineage=0:99" };

async function post(secret: string) {
  const signed = await signedReport(scene, secret);
  const { body } = signed;
  const headers = { ...signed.headers, ...OF_THE_SENDER };
  const answer = await fetch(`${world.stack.gatewayUrl}/reports/${SOURCE}`, { method: "POST", headers, body });
  const { traceId } = z.object({ traceId: z.string().min(8) }).parse(await answer.json());
  expect(answer.headers.get("x-offair-trace")).toBe(traceId);
  return { status: answer.status, signed, traceId };
}

/** What the next audits export of the ledger, which is a few minutes later: the index that they read needs time. */
const exportedEvents = () => {
  const { dynamo } = world.stack.clients;
  const hour = { from: new Date(Date.now() - HOUR_MS), until: new Date(Date.now() + HOUR_MS) };
  return collect(exportEvents(dynamo, world.stack.table, hour));
};

it("follows a report through webhook, decision, order and calls to Live, and into the evidence", async () => {
  const { status, signed, traceId } = await post(SOURCE_SECRET);
  expect(status).toBe(202);
  scene.reports.push(signed);
  const record = await endedReport(scene, 0);
  const order = await endedOrder(scene, 1);
  const lines = await until("the worker has logged the outcome", async () => {
    const found = linesOf(traceId);
    return found.some(([, event]) => event === "message.handled") ? found : undefined;
  });
  const events = lines.map(([name, event]) => `${name} ${event}`);
  expect(events[0]).toBe("webhook report.accepted");
  expect(events).toEqual(expect.arrayContaining(["worker live.called", "worker message.handled"]));
  expect(lines.find(([, event]) => event === "live.called")?.[2]).toMatchObject({
    method: "POST",
    path: "/stream/block-once",
    stream: STREAM,
    requestId: order.attempts[0]?.requestId, // Live's own id, which Huawei's support can look up
  });
  expect(lines.find(([, event]) => event === "message.handled")?.[2]).toMatchObject({
    key: record.key,
    orderNumber: 1,
  });
  expect([record.traceId, order.traceId]).toEqual([traceId, traceId]);

  const exported = await exportedEvents();
  expect(JSON.stringify([logs.map(({ line }) => line), exported])).not.toContain("of-the-sender");
  const kinds = exported.filter((event) => JSON.stringify(event).includes(`"traceId":"${traceId}"`));
  expect(new Set(kinds.map(({ kind }) => kind))).toEqual(new Set(["report", "order"]));
});

it("gives each delivery an id of its own: the second delivery of a report is logged as a repetition", async () => {
  const [first] = scene.reports;
  const answer = await fetch(`${world.stack.gatewayUrl}/reports/${SOURCE}`, { method: "POST", ...first });
  const { traceId } = z.object({ traceId: z.string() }).parse(await answer.json());
  const handled = await until("the repetition is in the log", async () =>
    linesOf(traceId).find(([, event]) => event === "message.handled"),
  );
  expect(handled[2]).toMatchObject({ repeated: true });
  expect((await endedReport(scene, 0)).traceId).not.toBe(traceId);
});

it("finds the reason of a refusal by the id in the answer", async () => {
  const { status, traceId } = await post(FOREIGN_SECRET);
  expect(status).toBe(401);
  const [refused] = await until("the refusal is in the log", async () => {
    const found = linesOf(traceId);
    return found.length > 0 ? found : undefined;
  });
  expect(refused?.slice(0, 2)).toEqual(["webhook", "report.refused"]);
});

it("is in every line of every function, also of what failed and of what only a schedule starts", async () => {
  const { stack } = world;
  const QueueUrl = stack.queues.UrgentQueue;
  await stack.clients.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "not ours" }));
  await stack.runSchedule(undefined, "canary");
  await stack.runSchedule(new Date(), "rotate");
  await stack.runSchedule(new Date(), "notify");
  await stack.runSchedule();
  await until("the message is dead-lettered", async () => logs.find(({ line }) => line.includes("message.dead")));
  const ours = logs.flatMap(({ functionName, record }) => {
    const { data } = z.object({ message: z.looseObject({ event: z.string() }) }).safeParse(record);
    return data ? [[functionName, data.message] as const] : [];
  });
  expect(ours.filter(([, { traceId }]) => typeof traceId !== "string")).toEqual([]);
  const functions = ["audit", "canary", "incident", "notify", "rotate", "webhook", "worker"].map(
    (name) => `offair-local-${name}`,
  );
  expect([...new Set(ours.map(([name]) => name))].sort()).toEqual(functions);
});

it("follows an operator's request by its own id through incident, worker and calls to Live", async () => {
  const id = randomUUID();
  const stream = { ...STREAM, stream: "asked" };
  const asked = { ...(await readEvent("incident-disable")), streams: [stream], dryRun: false, id };
  expect(await world.stack.invoke("incident", asked)).toMatchObject({ ok: true });
  const lines = await until("the worker has logged the outcome", async () => {
    const found = linesOf(id);
    return found.some(([, event]) => event === "message.handled") ? found : undefined;
  });
  expect(lines.map(([name, event]) => `${name} ${event}`)).toEqual(
    expect.arrayContaining(["incident operator.requested", "worker live.called", "worker message.handled"]),
  );
  const [order] = await scene.ledger.recentOrders(stream);
  expect(order).toMatchObject({ traceId: id, authority: { kind: "operator", orderId: `op-${id}` } });
});
