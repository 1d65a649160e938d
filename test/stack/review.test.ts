/** The requests about cases against the packaged functions on the local stack, with the rights of the template: two people and one plan. */
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { type PackagedAlone, packageAlone } from "../../build/package-alone.ts";
import { until } from "../../local/demo/scene.ts";
import { postReport, signReport } from "../../local/demo/send-report.ts";
import { OPERATORS, SOURCE, SOURCE_SECRET, startWorld, type World } from "../../local/demo/world.ts";
import { askOperator } from "../support/ask-operator.ts";

const { alice, bob } = OPERATORS;
let packaged: PackagedAlone;
let world: World;

beforeAll(async () => {
  packaged = await packageAlone();
  world = await startWorld({ templatePath: packaged.templatePath, ports: { gateway: 0 }, seed: 7 });
});
afterAll(async () => {
  await world?.close();
  packaged?.remove();
});

async function ask(operator: typeof alice, event: object) {
  const response = await askOperator(world.stack.gatewayUrl, operator, event);
  return { status: response.status, ...JSON.parse(await response.text()) };
}

/** Sends a report on a live stream, which waits for a person. @returns its key. */
async function waits(id: string): Promise<string> {
  const stream = { domain: "push.example.com", app: "live", stream: `room-${id}` };
  world.simulator?.addEncoders([{ ...stream, reconnectAfterMs: 300, client_ip: "192.0.2.7" }]);
  const report = { occurredAt: new Date().toISOString(), stream, category: "csam", score: 0.3, reason: `case ${id}` };
  const signed = signReport(report, SOURCE_SECRET, { id });
  expect(await postReport(world.stack.gatewayUrl, SOURCE, signed)).toMatchObject({ status: 202 });
  const key = `${SOURCE}#${id}`;
  await until(`${key} waits`, async () => {
    const { reviews } = await ask(alice, { action: "review" });
    return reviews.some((each: { key: string }) => each.key === key) || undefined;
  });
  return key;
}

it("two people get different cases, and neither decides what the other holds", async () => {
  const [one, two] = [await waits("one"), await waits("two")];
  const first = await ask(alice, { action: "next-case" });
  expect(first).toMatchObject({
    ...{ status: 200, ok: true },
    case: {
      key: one,
      words: "case one",
      urgent: true,
      holder: { by: alice.arn },
      live: { clientAddress: "192.0.2.7" },
    },
  });
  expect(await ask(bob, { action: "next-case" })).toMatchObject({ case: { key: two } });
  const verdict = { action: "review", verdict: "reject", dryRun: false };
  expect(await ask(bob, { ...verdict, report: one })).toMatchObject({
    ...{ ok: false, errors: [{ message: expect.stringContaining(`is held by ${alice.arn}`) }] },
  });
  expect(await ask(alice, { action: "note", report: one, text: "unsure" })).toMatchObject({ case: { noteCount: 1 } });
  expect(await ask(alice, { action: "second-opinion", report: one })).toMatchObject({ ok: true });
  expect(await ask(bob, { action: "release", report: two })).toMatchObject({ ok: true });
  expect(await ask(alice, { action: "next-case" })).toMatchObject({ case: { key: two } });
  expect(await ask(bob, { ...verdict, report: one })).toMatchObject({ ok: true, verdict: { by: bob.arn } });
  expect(await ask(alice, { ...verdict, report: two })).toMatchObject({ ok: true });
  expect(await ask(alice, { action: "reopen", report: one })).toMatchObject({ reopened: { verdict: { by: bob.arn } } });
  expect(await ask(alice, { action: "case", report: one })).toMatchObject({
    case: { earlierVerdicts: [{ by: bob.arn }] },
  });
  expect(await ask(bob, { ...verdict, report: one })).toMatchObject({ ok: true });
});

it("many cases are approved by one plan, which the worker carries out, and rejected by another", async () => {
  const keys = [await waits("three"), await waits("four")];
  const cases = { source: SOURCE };
  const approval = await ask(alice, { action: "plan-verdicts", verdict: "approve", as: "disable", hours: 2, cases });
  expect(approval.plan.cases.map(({ report }: { report: string }) => report).sort()).toEqual(keys.toSorted());
  const named = ({ plan }: { plan: { orderId: string; sha256: string } }) => ({
    orderId: plan.orderId,
    planSha256: plan.sha256,
  });
  expect(await ask(alice, { action: "apply", ...named(approval) })).toMatchObject({ ok: true });
  const done = await until("the batch is done", async () => {
    const answer = await ask(alice, { action: "status", orderId: approval.plan.orderId });
    return answer.batch.state === "done" ? answer : undefined;
  });
  expect(done.results).toMatchObject([{ outcome: "verified" }, { outcome: "verified" }]);
  expect(await ask(bob, { action: "case", report: keys[0] })).toMatchObject({
    case: { verdict: { verdict: "approved", by: alice.arn, orderId: approval.plan.orderId } },
  });
  await waits("five");
  const rejection = await ask(alice, { action: "plan-verdicts", verdict: "reject", cases });
  expect(await ask(alice, { action: "apply", ...named(rejection) })).toMatchObject({
    ...{ ok: true, batch: { state: "done", outcomes: { rejected: 1 }, leftOut: [] } },
  });
  expect(await ask(bob, { action: "next-case" })).toMatchObject({ noCase: { says: "nothing waits for review" } });
});
