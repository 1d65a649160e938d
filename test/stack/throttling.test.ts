/** Concurrency and request rates of the packaged template: who is served at the same time, and what the others are answered. */
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { type PackagedAlone, packageAlone } from "../../build/package-alone.ts";
import { signedHeaders } from "../../cli/operator/sign.ts";
import { OPERATORS, startWorld, type World, type WorldOptions } from "../../local/demo/world.ts";
import { REGION } from "../../local/stack/stack.ts";
import { offairProcess } from "../cli/offair.ts";
import { changeTemplate } from "../support/changed-template.ts";

const { alice, bob, carol } = OPERATORS;
/** Time for which Live keeps a list back, so that requests overlap. */
const SLOW_MS = 2_000;

let packaged: PackagedAlone;
beforeAll(async () => {
  packaged = await packageAlone();
});
afterAll(() => packaged?.remove());

async function inWorld<T>(options: Partial<WorldOptions>, play: (world: World) => Promise<T>): Promise<T> {
  const world = await startWorld({
    templatePath: packaged.templatePath,
    ports: { gateway: 0 },
    recycleProbability: 0,
    ...options,
  });
  try {
    return await play(world);
  } finally {
    await world.close();
  }
}

async function post({ stack }: World, operator: typeof alice, event: object) {
  const url = new URL("/operator", stack.gatewayUrl);
  const body = Buffer.from(JSON.stringify(event));
  const headers = await signedHeaders({ url, region: REGION, body }, operator, new Date());
  const response = await fetch(url, { method: "POST", headers, body });
  return { status: response.status, body: JSON.parse(await response.text()) };
}

const LIST = { action: "list", domain: "push.example.com", reason: "INC-881" };

const beSlow = ({ simulator }: World) =>
  simulator?.addFault({ kind: "delay", ms: SLOW_MS, match: { method: "GET", path: "stream/blocks" } });

/** Each sends one request, without repeating it, while Live is slow. */
async function atTheSameTime(world: World, people: readonly (typeof alice)[]) {
  beSlow(world);
  return Promise.all(people.map((each) => post(world, each, LIST)));
}

it("three requests at once are served at the same time: none is repeated", async () => {
  const answers = await inWorld({}, (world) => atTheSameTime(world, [alice, bob, carol]));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
});

it("with a reserved concurrency of 1 for incident, the second of two people would be refused", async () => {
  const templatePath = changeTemplate(packaged.templatePath, "IncidentLambdaFunction", (properties) => {
    properties.ReservedConcurrentExecutions = 1;
  });
  const answers = await inWorld({ templatePath }, (world) => atTheSameTime(world, [alice, bob]));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 503]);
});

it.each([
  [500 as const, "Internal Server Error"],
  [503 as const, "Service Unavailable"],
])("a fourth at once gets %s, or the other one: AWS does not document which", async (throttledStatus, message) => {
  const alerts: string[] = [];
  const onAlert = ({ name }: { name: string }) => void alerts.push(name);
  const answers = await inWorld({ throttledStatus, onAlert }, (world) =>
    atTheSameTime(world, [alice, bob, carol, alice]),
  );
  expect(answers.filter(({ status }) => status !== 200)).toEqual([{ status: throttledStatus, body: { message } }]);
  expect(alerts).toEqual(["offair-local-functions-throttled"]);
});

it("four commands at once all succeed: a refused one reports it, waits and repeats", async () => {
  await inWorld({}, async (world) => {
    beSlow(world);
    const streams = ["a", "b", "c"].map((name) => `push.example.com/live/${name}`);
    const commands = [alice, bob, carol, alice].map(({ accessKeyId, secretAccessKey }) => {
      const env = { OFFAIR_URL: world.stack.gatewayUrl, AWS_REGION: REGION, AWS_EC2_METADATA_DISABLED: "true" };
      const keys = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
      return offairProcess(["plan", "--disable", "--reason", "INC-881", "--for", "24h", ...streams], {
        ...env,
        ...keys,
      });
    });
    const ended = await Promise.all(commands);
    expect(ended.map(({ code, stderr }) => [code, code === 0 ? "" : stderr])).toEqual(ended.map(() => [0, ""]));
    expect(ended.map(({ stderr }) => stderr).join("")).toMatch(/the function is busy, or failed \(503\): trying again/);
  });
});

it("a fourth direct invocation at once gets 429 with the reason", async () => {
  await inWorld({}, async (world) => {
    beSlow(world);
    const url = `${world.stack.gatewayUrl}/2015-03-31/functions/incident/invocations`;
    const body = JSON.stringify({ ...LIST, requestedBy: "ana@example.com" });
    const answers = await Promise.all([1, 2, 3, 4].map(() => fetch(url, { method: "POST", body })));
    const [refused, ...others] = answers.filter(({ status }) => status !== 200);
    expect([refused?.status, others.length]).toEqual([429, 0]);
    expect(refused?.headers.get("x-amzn-errortype")).toBe("TooManyRequestsException");
    expect(await refused?.json()).toEqual({
      Reason: "ReservedFunctionConcurrentInvocationLimitExceeded",
      Type: "User",
      message: "Rate Exceeded.",
    });
  });
});

it("requests above the route's rate get 429 from the gateway, and a flood of reports leaves operators alone", async () => {
  const start = new Date(); // the clock stands: however slow the machine is, no token comes back
  await inWorld({ gatewayNow: () => start }, async (world) => {
    const report = () => fetch(`${world.stack.gatewayUrl}/reports/nobody`, { method: "POST", body: "{}" });
    const answers = await Promise.all(Array.from({ length: 300 }, report));
    expect(answers.filter(({ status }) => status !== 429).map(({ status }) => status)).toEqual(Array(100).fill(404)); // the burst
    const refused = answers.find(({ status }) => status === 429);
    expect(await refused?.json()).toEqual({ message: "Too Many Requests" });
    expect((await post(world, alice, LIST)).status).toBe(200);
  });
});
