/** While a batch of five hundred keeps all calls in flight at a slow Live, an urgent report waits for the calls in flight and not for the batch. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { type PackagedAlone, packageAlone } from "../../build/package-alone.ts";
import { createPost } from "../../cli/operator/http.ts";
import type { Stream } from "../../lib/core/stream.ts";
import { readEvent, until } from "../../local/demo/scene.ts";
import { postReport, signReport } from "../../local/demo/send-report.ts";
import { OPERATORS, SOURCE, SOURCE_SECRET, startWorld, type World } from "../../local/demo/world.ts";
import type { Simulator } from "../../local/live/simulator-types.ts";
import { REGION } from "../../local/stack/stack.ts";

const CALL_MS = 1_000;
const STREAMS = 500;
/** Calls of one Huawei user in flight (docs/adr/0009). */
const IN_FLIGHT = 4;
const WHY = { reason: "INC-881" };

let packaged: PackagedAlone;
let world: World;
let simulator: Simulator;
beforeAll(async () => {
  packaged = await packageAlone();
  const { templatePath } = packaged;
  world = await startWorld({ templatePath, ports: { gateway: 0 }, seed: 7, recycleProbability: 0 });
  if (!world.simulator) throw new Error("there is no simulator");
  simulator = world.simulator;
  await world.stack.invoke("incident", await readEvent("incident-mode"));
});
afterAll(async () => {
  await world?.close();
  packaged?.remove();
});

const room = (name: string): Stream => ({ domain: "publish.example.huawei.com", app: "live", stream: name });

async function ask(person: keyof typeof OPERATORS, asked: object) {
  const post = createPost({
    at: { endpoint: new URL(world.stack.gatewayUrl), prefix: "", region: REGION },
    credentials: async () => OPERATORS[person],
    now: () => new Date(),
  });
  const reply = await post("/operator", { ...asked, ...WHY, id: randomUUID() } as Parameters<typeof post>[1]);
  if (!("answer" in reply)) throw new Error(JSON.stringify(reply));
  return reply.answer;
}

async function applyBatch(): Promise<void> {
  const streams = Array.from({ length: STREAMS }, (_, index) => room(`raid-${index}`));
  const { plan } = await ask("alice", { action: "plan", wanted: "disable", streams, hours: 24 });
  const { orderId, sha256: planSha256 } = plan ?? {};
  await ask("bob", { action: "approve", orderId, planSha256 });
  await ask("alice", { action: "apply", orderId, planSha256 });
}

const report = async (name: string): Promise<void> => {
  const payload = { ...(await readEvent("report-csam")), stream: room(name) };
  const signed = signReport({ ...payload, occurredAt: new Date().toISOString() }, SOURCE_SECRET);
  expect((await postReport(world.stack.gatewayUrl, SOURCE, signed)).status).toBe(202);
};
const eventually = (what: string, holds: () => boolean) => until(what, async () => holds() || undefined, 60_000);
const writes = () => simulator.calls().filter(({ method }) => method === "POST");
const isOff = (name: string) => simulator.state().disabled.some(({ stream }) => stream === name);

it("is sent within two calls of each lane, and the batch goes on", async () => {
  await report("before"); // starts the environment
  await eventually("the first report's stream is off", () => isOff("before"));
  simulator.changeSettings({ latencyMs: CALL_MS });
  await applyBatch();
  await eventually("the batch writes", () => writes().length > 1 + 2 * IN_FLIGHT);
  const before = writes().length;
  await report("urgent");
  await eventually("the urgent report's stream is off", () => isOff("urgent"));
  const since = writes().slice(before);
  const at = since.findIndex(({ stream }) => JSON.stringify(stream).includes("urgent"));
  expect(at).toBeLessThanOrEqual(2 * IN_FLIGHT);
  await eventually("the batch goes on", () => writes().length > before + at + 2 * IN_FLIGHT);
});
