/** The canary on the packaged stack: it arrives, and each broken link is named by the run's result and by the alarm that goes off. */
import { randomUUID } from "node:crypto";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { ScanCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, afterEach, beforeAll, expect, it } from "@jest/globals";
import { type PackagedAlone, packageAlone } from "../../build/package-alone.ts";
import type { CanaryResult } from "../../lib/canary/canary-run.ts";
import { startWorld, WORKER, WORKER_SECRET, type World, workerUser } from "../../local/demo/world.ts";
import type { FaultInput } from "../../local/live/faults.ts";

let packaged: PackagedAlone;
let world: World;
let refuse: (service: "sqs" | "dynamodb", target: string) => boolean;
let alerts: string[];

beforeAll(async () => {
  packaged = await packageAlone();
});
afterAll(() => packaged?.remove());
afterEach(() => world.close());

async function open(mode: "enforce" | "observe" = "enforce"): Promise<void> {
  refuse = () => false;
  alerts = [];
  world = await startWorld({
    templatePath: packaged.templatePath,
    ports: { gateway: 0 },
    seed: 3,
    recycleProbability: 0,
    environment: { CANARY_WAIT_S: "12" },
    onAlert: ({ name }) => void alerts.push(name.replace("offair-local-", "")),
    interfere(service, { headers }) {
      const target = String(headers["x-amz-target"]).split(".").at(-1) ?? "";
      return refuse(service, target) ? REFUSAL : undefined;
    },
  });
  await world.stack.invoke("incident", {
    action: "mode",
    id: randomUUID(),
    mode,
    reason: "test",
    requestedBy: "ana",
    dryRun: false,
  });
}
const REFUSAL = { status: 400, body: { __type: "AccessDeniedException", message: "taken away by the test" } };

const run = async () => (await world.stack.runSchedule(undefined, "canary")) as CanaryResult;
const fault = (input: FaultInput) => world.simulator?.addFault(input);
const disabled = () => world.simulator?.state().disabled.map(({ stream }) => stream);

it("arrives, leaves the stream enabled, and takes no place in the limits", async () => {
  await open();
  expect(await run()).toMatchObject({
    result: "arrived",
    tookMs: {
      webhook: expect.any(Number),
      queue: expect.any(Number),
      disable: expect.any(Number),
      enable: expect.any(Number),
    },
  });
  expect(disabled()).toEqual([]);
  expect(world.simulator?.calls().map(({ method, path }) => `${method} ${path}`)).toEqual([
    "POST stream/blocks",
    "GET stream/blocks",
    "GET stream/blocks",
    "DELETE stream/blocks",
    "GET stream/blocks",
  ]);
  const { Items = [] } = await world.stack.clients.dynamo.send(new ScanCommand({ TableName: world.stack.table }));
  expect(Items.filter(({ pk, sk }) => pk === "LIMITS" || String(sk).startsWith("SEEN#"))).toEqual([]);
  expect(alerts).toEqual([]);
  const { checks } = (await world.stack.invoke("incident", { action: "doctor", reason: "t", requestedBy: "ana" })) as {
    checks: { name: string; state: string; says: string }[];
  };
  expect(checks.find(({ name }) => name === "canary")).toMatchObject({
    state: "ok",
    says: expect.stringMatching(/arrived .*webhook \d.*queue \d.*disable \d.*enable \d/),
  });
});

it("ends with the decision in observe mode: Live is not called", async () => {
  await open("observe");
  expect(await run()).toMatchObject({ result: "observed" });
  expect(world.simulator?.calls()).toEqual([]);
  expect(alerts).toEqual([]);
});

/** Also ends the poll that waits already: it receives a message that is none of ours. */
async function stopReceiving(): Promise<void> {
  refuse = (_, target) => target === "ReceiveMessage";
  const handled = new Promise<void>((resolve) => {
    world.stack.onLog(({ line }) => line.includes("message.dead") && resolve());
  });
  const QueueUrl = world.stack.queues.UrgentQueue;
  await world.stack.clients.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "not ours" }));
  await handled;
}

const blocks = (method: string) => ({ method, path: "stream/blocks" });
const BROKEN: readonly (readonly [link: string, how: string, breakIt: () => unknown])[] = [
  ["webhook", "SQS refuses the webhook's message", () => (refuse = (_, target) => target === "SendMessage")],
  ["queue", "the worker receives nothing", stopReceiving],
  ["ledger", "DynamoDB refuses everything", () => (refuse = (service) => service === "dynamodb")],
  [
    "decision",
    "the source is frozen",
    () =>
      world.stack.invoke("incident", {
        action: "mode",
        id: randomUUID(),
        source: "canary",
        frozen: true,
        reason: "t",
        requestedBy: "ana",
        dryRun: false,
      }),
  ],
  [
    "key",
    "the worker's key is another",
    () => world.stack.secrets.put(WORKER_SECRET, JSON.stringify({ ...WORKER, sk: "x".repeat(40) })),
  ],
  [
    "rights",
    "the worker's user may not disable",
    () =>
      world.simulator?.changeSettings({
        users: [{ ...workerUser(WORKER), actions: ["live:stream:listStreamForbidden"] }],
      }),
  ],
  [
    "rate",
    "the gateway throttles",
    () => fault({ kind: "status", status: 429, code: "APIGW.0308", match: blocks("POST") }),
  ],
  ["live", "Live answers 503", () => fault({ kind: "status", status: 503, code: "APIGW.0201", match: blocks("POST") })],
  [
    "disable-listed",
    "Live accepts the disable and does nothing",
    () => fault({ kind: "ignore-write", match: blocks("POST") }),
  ],
  [
    "enable",
    "Live refuses to enable",
    () => fault({ kind: "status", status: 403, code: "APIGW.0302", match: blocks("DELETE") }),
  ],
  [
    "enable-listed",
    "Live accepts the enable and does nothing",
    () => fault({ kind: "ignore-write", match: blocks("DELETE") }),
  ],
];
it.each(BROKEN)("names the link %s when %s", async (link, _how, breakIt) => {
  await open();
  await breakIt();
  const result = await run();
  refuse = () => false;
  expect(result).toMatchObject({ result: "broken", link });
  await new Promise((resolve) => setImmediate(resolve));
  expect(alerts.filter((name) => name.startsWith("canary-"))).toEqual([`canary-${link}`]);
  expect(alerts.filter((name) => name === "orders-failed" || name === "reports-held")).toEqual([]);
});

it("names the signature when the secret was changed and the webhook still has the old one", async () => {
  await open();
  expect(await run()).toMatchObject({ result: "arrived" });
  world.stack.secrets.put("offair/local/sources/canary", JSON.stringify({ generated: "B".repeat(64) }));
  expect(await run()).toMatchObject({ result: "broken", link: "signature" });
  expect(alerts).toEqual(["canary-signature"]);
});
