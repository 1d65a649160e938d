/** Who somebody is, at the whole stack: IAM in front of the packaged incident function, and whoever comes past it. */
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { type PackagedAlone, packageAlone } from "../../build/package-alone.ts";
import { signedHeaders } from "../../cli/operator/sign.ts";
import { OPERATORS, startWorld, type World } from "../../local/demo/world.ts";
import { REGION } from "../../local/stack/stack.ts";

const { alice, bob, carol } = OPERATORS;
const GATEWAY_SECRET = "offair/local/gateway";
const ORDER_ID = "op-0b0e5a3e-7d57-4c0c-9a53-5b1c7a8f2a10";
const apply = { id: randomUUID(), action: "apply", orderId: ORDER_ID, planSha256: "0".repeat(64), reason: "INC-881" };

let packaged: PackagedAlone;
let world: World;
let logs: string[];

beforeAll(async () => {
  packaged = await packageAlone();
  world = await startWorld({ templatePath: packaged.templatePath, ports: { gateway: 0 }, seed: 7 });
  logs = [];
  world.stack.onLog(({ line }) => logs.push(line));
});
afterAll(async () => {
  await world?.close();
  packaged?.remove();
});

async function post(operator: typeof alice, event: object, { path = "/operator", headers = {} } = {}) {
  const url = new URL(path, world.stack.gatewayUrl);
  const body = Buffer.from(JSON.stringify(event));
  const signed = await signedHeaders({ url, region: REGION, body }, operator, new Date());
  const response = await fetch(url, { method: "POST", headers: { ...signed, ...headers }, body });
  return { status: response.status, ...JSON.parse(await response.text()) };
}
/** As whoever may invoke the function, and sends it what they like. */
async function invoke(event: object) {
  const url = `${world.stack.gatewayUrl}/2015-03-31/functions/incident/invocations`;
  return JSON.parse(await (await fetch(url, { method: "POST", body: JSON.stringify(event) })).text());
}
const setMode = (mode: string) => ({ id: randomUUID(), action: "mode", mode, dryRun: false, reason: "INC-881" });
const readMode = async () => (await post(bob, { action: "mode", reason: "a look" })).mode;

it("writes down who it was as the gateway states it, whatever the client sends beside its signature", async () => {
  const headers = { "x-offair-gateway": "guess", "x-forwarded-user": bob.arn };
  const answer = await post(alice, setMode("enforce"), { headers });
  expect(answer).toMatchObject({ status: 200, ok: true, mode: { mode: "enforce", changedBy: alice.arn } });
});

it("does not allow the body say who it is", async () => {
  const before = await readMode();
  for (const requestedBy of ["bob", bob.arn, alice.arn]) {
    expect(await post(alice, { ...setMode("observe"), requestedBy })).toMatchObject({
      status: 422,
      errors: [{ pointer: "/requestedBy" }],
    });
  }
  expect(await readMode()).toEqual(before);
});

it("lets nobody in whose signature is not theirs", async () => {
  const before = await readMode();
  const mallory = { ...alice, secretAccessKey: "guess" };
  expect(await post(mallory, setMode("observe"))).toEqual({ status: 403, message: "Forbidden" });
  const body = JSON.stringify(setMode("observe"));
  const unsigned = await fetch(`${world.stack.gatewayUrl}/operator`, { method: "POST", body });
  expect([unsigned.status, await unsigned.json()]).toEqual([403, { message: "Forbidden" }]);
  expect(await readMode()).toEqual(before);
});

it("lets only who has the right break the glass, and only by the route that is there for it", async () => {
  const path = "/operator/break-glass";
  expect(await post(alice, { ...apply, breakGlass: true }, { path })).toEqual({ status: 403, message: "Forbidden" });
  for (const operator of [alice, carol]) {
    const answer = await post(operator, { ...apply, breakGlass: true });
    expect(answer).toMatchObject({ status: 422, errors: [{ pointer: "/breakGlass" }] });
  }
  const answer = await post(carol, { ...apply, breakGlass: true }, { path });
  expect(answer).toMatchObject({ status: 422, errors: [{ pointer: "/orderId" }] }); // of a plan that does not exist
});

it("refuses an event that only looks as if it came through the gateway, and says so", async () => {
  const before = await readMode();
  const sample = JSON.parse(readFileSync(join(import.meta.dirname, "../../events/operator.json"), "utf8"));
  const approve = { action: "approve", orderId: ORDER_ID, planSha256: "0".repeat(64), reason: "INC-881" };
  for (const body of [approve, setMode("observe")]) {
    const { statusCode, body: text } = await invoke({ ...sample, body: JSON.stringify(body) });
    const message = expect.stringContaining("did not come through the gateway");
    expect([statusCode, JSON.parse(text)]).toEqual([
      422,
      { ok: false, results: [], errors: [{ pointer: "", message }] },
    ]);
  }
  expect(await readMode()).toEqual(before);
});

it("takes a direct invocation's name as claimed, and never for an ARN", async () => {
  const claimed = { ...setMode("observe"), requestedBy: "ana" };
  expect(await invoke(claimed)).toMatchObject({ ok: true, mode: { mode: "observe", changedBy: "ana (claimed)" } });
  const posing = await invoke({ ...setMode("enforce"), requestedBy: bob.arn });
  expect(posing).toMatchObject({ ok: false, errors: [{ pointer: "/requestedBy" }] });
  expect(await readMode()).toMatchObject({ mode: "observe" });
});

it("keeps what the gateway and the function share between them (invariant 5)", async () => {
  const secret = world.stack.secrets.read(GATEWAY_SECRET);
  expect(secret).toMatch(/^[A-Za-z0-9]{64}$/);
  const answer = await post(alice, { action: "status", reason: "a look" });
  expect(JSON.stringify(answer)).not.toContain(secret);
  expect(logs.length).toBeGreaterThan(0);
  expect(logs.join("\n")).not.toContain(secret);
});

it("answers nobody while that secret is not there, and again when it is", async () => {
  const secret = world.stack.secrets.read(GATEWAY_SECRET) ?? "";
  await world.stack.kill("incident"); // what it keeps for a minute is gone
  world.stack.secrets.put(GATEWAY_SECRET, "{}");
  expect(
    await post(alice, { action: "mode", reason: "a look" }, { headers: { "x-offair-gateway": "{}" } }),
  ).toMatchObject({
    status: 503,
    ok: false,
    errors: [{ message: expect.stringContaining("cannot be read") }],
  });
  world.stack.secrets.put(GATEWAY_SECRET, secret);
  await world.stack.kill("incident");
  expect(await post(alice, { action: "mode", reason: "a look" })).toMatchObject({ status: 200, ok: true });
});
