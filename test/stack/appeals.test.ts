/** An appeal against a disable, on the packaged functions with the rights of the template: from the platform's request to the stream at Live. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { type PackagedAlone, packageAlone } from "../../build/package-alone.ts";
import { until } from "../../local/demo/scene.ts";
import { postReport, signReport } from "../../local/demo/send-report.ts";
import { OPERATORS, SOURCE, SOURCE_SECRET, sourceSecret, startWorld, type World } from "../../local/demo/world.ts";
import { askOperator } from "../support/ask-operator.ts";

const { alice, bob } = OPERATORS;
const APPEALS = "platform-appeals";
const APPEALS_SECRET = `whsec_${Buffer.alloc(32, 0x2b).toString("base64")}`;
let packaged: PackagedAlone;
let world: World;

beforeAll(async () => {
  packaged = await packageAlone({
    changePolicy: (policy) => ({
      ...policy,
      sources: {
        ...policy.sources,
        [APPEALS]: { adapter: "standard", grade: "A", kind: "appeal", reviewWithin: "2d" },
      },
    }),
  });
  world = await startWorld({
    ...{ templatePath: packaged.templatePath, ports: { gateway: 0 }, seed: 7 },
    secretsValues: { [sourceSecret(APPEALS)]: JSON.stringify({ secrets: [APPEALS_SECRET] }) },
  });
  await ask(alice, { action: "mode", mode: "enforce", dryRun: false });
});
afterAll(async () => {
  await world?.close();
  packaged?.remove();
});

async function ask(operator: typeof alice, event: object) {
  const response = await askOperator(world.stack.gatewayUrl, operator, event);
  return { status: response.status, ...JSON.parse(await response.text()) };
}
const send = (source: string, secret: string, payload: object, id: string) =>
  postReport(
    world.stack.gatewayUrl,
    source,
    signReport({ ...payload, occurredAt: new Date().toISOString() }, secret, { id }),
  );

/** The stream is live, and its name says which test it belongs to. */
function streamOf(name: string) {
  const stream = { domain: "push.example.com", app: "live", stream: `appeal-${name}` };
  world.simulator?.addEncoders([{ ...stream, reconnectAfterMs: 300, client_ip: "192.0.2.7" }]);
  return stream;
}
const isOff = ({ stream }: { readonly stream: string }): boolean =>
  world.simulator?.state().disabled.some((each) => each.stream === stream) ?? false;

const sample = JSON.parse(readFileSync(join(import.meta.dirname, "../../events/appeal.json"), "utf8"));

async function appeal(stream: object, number: number, id: string): Promise<string> {
  const answer = await send(APPEALS, APPEALS_SECRET, { ...sample, order: { stream, number } }, id);
  expect(answer).toMatchObject({ status: 202 });
  return `${APPEALS}#${id}`;
}
const explained = (key: string) =>
  until(`${key} is handled`, async () => {
    const { explanation } = await ask(alice, { action: "explain", report: key });
    return explanation?.stored;
  });

it("report, disable, appeal: another person grants it, the stream is enabled at Live, and the action is overturned", async () => {
  const stream = streamOf("granted");
  const report = { stream, category: "csam", score: 0.97 };
  expect(await send(SOURCE, SOURCE_SECRET, report, "granted")).toMatchObject({ status: 202 });
  await until("the stream is off", async () => isOff(stream) || undefined);
  const key = await appeal(stream, 1, "appeal-1");
  const stored = await explained(key);
  expect(stored).toMatchObject({
    because: "appeal",
    appealed: { number: 1, action: "disable", report: `${SOURCE}#granted` },
  });
  const second = await appeal(stream, 1, "appeal-2");
  expect(await explained(second)).toMatchObject({ outcome: "refused", because: "appealed-before" });
  const { case: shown } = await ask(bob, { action: "case", report: key });
  expect(shown).toMatchObject({ words: sample.reason, appealed: { by: expect.any(String), decidedBy: [] } });
  const grant = { action: "review", report: key, verdict: "approve", because: "context", dryRun: false };
  expect(await ask(bob, grant)).toMatchObject({
    ...{ ok: true, verdict: { verdict: "approved", by: bob.arn, action: "enable", overturns: "context" } },
    results: [{ action: "enable", outcome: "verified", orderNumber: 2 }],
  });
  expect(isOff(stream)).toBe(false);
  expect(await explained(`${SOURCE}#granted`)).toMatchObject({
    overturns: [{ because: "context", by: bob.arn, appeal: key }],
  });
  expect(await ask(bob, { action: "status", streams: [stream] })).toMatchObject({ ok: true });
});

it("who ordered the disable is refused; another person's rejection leaves the stream off", async () => {
  const stream = streamOf("rejected");
  expect(await ask(alice, { action: "disable", streams: [stream], hours: 24, dryRun: false })).toMatchObject({
    ok: true,
  });
  const key = await appeal(stream, 1, "appeal-3");
  await explained(key);
  const verdict = { action: "review", report: key, verdict: "reject", dryRun: false };
  expect(await ask(alice, verdict)).toMatchObject({
    ...{ ok: false, errors: [{ message: expect.stringContaining("another person has to decide it") }] },
  });
  expect(await ask(alice, { action: "next-case" })).toMatchObject({ noCase: { awaitingOthers: 1 } });
  expect(await ask(bob, verdict)).toMatchObject({ ok: true, verdict: { verdict: "rejected", by: bob.arn } });
  expect(isOff(stream)).toBe(true);
});

it("an appeal against an order that does not exist is recorded with its reason", async () => {
  const key = await appeal(streamOf("none"), 1, "appeal-4");
  expect(await explained(key)).toMatchObject({ outcome: "refused", because: "no-such-order" });
});
