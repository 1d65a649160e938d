/** Appeals from the queue to the verdict: who may decide, what a grant does, and that nothing gets lost when a function dies on the way. */
import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import fc from "fast-check";
import { OffairError } from "../../../lib/core/errors.ts";
import { formatStream, type Stream } from "../../../lib/core/stream.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../../lib/core/time.ts";
import { APPEAL_WITHIN_MS, whyNoCase } from "../../../lib/decisions/appeal.ts";
import type { ReportRecord } from "../../../lib/decisions/report-record.ts";
import { eventsOf } from "../../../lib/events/events-of.ts";
import type { OperatorRequestDeps, OperatorResponse } from "../../../lib/operator/handle-request.ts";
import type { Order } from "../../../lib/orders/order.ts";
import { policySchema } from "../../../lib/policy/lint/lint.ts";
import type { Policy } from "../../../lib/policy/policy.ts";
import type { Report } from "../../../lib/reports/report.ts";
import { policy as base, NOON, weaponsReport } from "../../support/fixtures.ts";
import { often, runs } from "../../support/runs.ts";
import { type Admission, type Process, startProcess } from "../../support/steps.ts";
import { createIncidentWorld, type IncidentWorld } from "../operator-world.ts";

beforeEach(() => {
  for (const level of ["info", "warn"] as const) jest.spyOn(console, level).mockImplementation(() => {});
});
afterEach(() => {
  jest.restoreAllMocks();
});

const policy: Policy = policySchema.parse({
  ...base,
  sources: { ...base.sources, appeals: { adapter: "standard", grade: "A", kind: "appeal", reviewWithin: "2d" } },
});
const openWorld = (change: Partial<Policy> = {}): Promise<IncidentWorld> =>
  createIncidentWorld({ ...policy, ...change });

let ids = 0;
const appealOn = (stream: Stream, number: number, change: Partial<Report> = {}): Report => ({
  ...{ source: "appeals", id: `appeal_${++ids}`, stream, category: "other", reason: "it was a toy" },
  ...{ occurredAt: NOON.toISOString(), receivedAt: NOON.toISOString(), bodySha256: "0".repeat(64) },
  appeal: { number },
  ...change,
});
const recordOf = async ({ ledger }: IncidentWorld, key: string): Promise<ReportRecord> => {
  const record = await ledger.readReport(key);
  if (!record) throw new Error(`there is no ${key}`);
  return record;
};
const grant = (report: string, by = "bob", change: object = {}) => ({
  ...{ action: "review", report, verdict: "approve", reason: "not a weapon", requestedBy: by, dryRun: false },
  ...change,
});
const isOff = ({ live }: IncidentWorld, { domain, app, stream }: Stream): boolean =>
  live.disabled.has(JSON.stringify([domain, app, stream]));

/** A rule has disabled the stream for a week. */
async function disabledByRule(world: IncidentWorld) {
  const report = weaponsReport({ category: "csam" });
  const original = await world.report(report);
  return { stream: report.stream, original };
}

describe("an appeal becomes a case", () => {
  it("with the order that it is about, the time of its source, and no rule", async () => {
    const world = await openWorld();
    const { stream, original } = await disabledByRule(world);
    const key = await world.report(appealOn(stream, 1));
    expect(await recordOf(world, key)).toMatchObject({
      decision: { action: "review", because: "appeal" },
      report: { category: "csam", reason: "it was a toy", appeal: { number: 1 } },
      ...{ outcome: "review", because: "appeal", review: "open" },
      dueAt: new Date(NOON.getTime() + 2 * DAY_MS).toISOString(),
      appealed: { number: 1, action: "disable", report: original, by: "severe", decidedBy: [] },
    });
    expect((await recordOf(world, key)).urgent).toBeUndefined();
    expect((await world.ask({ action: "review" })).reviews).toMatchObject([
      { key, because: "appeal", appealed: { number: 1, action: "disable", by: "severe" } },
    ]);
    const { case: shown } = await world.ask({ action: "case", report: key });
    expect(shown).toMatchObject({ words: "it was a toy", orders: [{ number: 1, action: "disable" }] });
    expect(shown?.rules).toBeUndefined();
  });

  it("once, however often it is delivered", async () => {
    const world = await openWorld();
    const { stream } = await disabledByRule(world);
    const appeal = appealOn(stream, 1);
    await world.report(appeal);
    await world.report(appeal);
    expect((await world.ledger.openReviews(9)).records).toHaveLength(1);
  });

  it("and is no report: it corroborates nothing, and counts in no figure of a source", async () => {
    const world = await openWorld();
    const { stream } = await disabledByRule(world);
    await world.report(appealOn(stream, 1, { reporterHash: "a".repeat(32) }));
    expect((await world.ledger.recentReports(stream, "2026")).map(({ source }) => source)).not.toContain("appeals");
    const { cases } = await world.ledger.readCases("appeals", new Date(0), new Date(NOON.getTime() + DAY_MS));
    expect(cases).toEqual([]);
    expect(
      (await world.ledger.readReport((await world.ledger.openReviews(1)).records[0]?.key ?? ""))?.report,
    ).not.toHaveProperty("reporterHash");
  });
});

describe("an appeal is refused, and recorded with the reason,", () => {
  const refusalOf = async (world: IncidentWorld, appeal: Report) => {
    const key = await world.report(appeal);
    expect((await world.ledger.openReviews(9)).records.map((each) => each.key)).not.toContain(key);
    const { decision, outcome, because, appealed } = await recordOf(world, key);
    expect([decision.action, outcome, appealed]).toEqual(["refuse", "refused", undefined]);
    return because;
  };

  it("if the stream has no such order", async () => {
    const world = await openWorld();
    const { stream } = await disabledByRule(world);
    expect(await refusalOf(world, appealOn(stream, 2))).toBe("no-such-order");
    expect(await refusalOf(world, appealOn(weaponsReport().stream, 1))).toBe("no-such-order");
  });

  it("if the order was none against the stream", async () => {
    const world = await openWorld();
    const { stream } = await disabledByRule(world);
    await world.ask({ action: "enable", streams: [stream], dryRun: false });
    expect(await refusalOf(world, appealOn(stream, 2))).toBe("no-action-against-the-stream");
  });

  it("if the order had no effect", async () => {
    const world = await openWorld();
    world.live.next = () => new OffairError("ERR_LIVE_REJECTED", "no");
    const { stream } = await disabledByRule(world);
    expect(await refusalOf(world, appealOn(stream, 1))).toBe("no-effect");
  });

  it("a moment after six months, and not before", async () => {
    const world = await openWorld();
    const { stream } = await disabledByRule(world);
    const at = (ms: number) => ({ receivedAt: new Date(NOON.getTime() + ms).toISOString() });
    expect(await refusalOf(world, appealOn(stream, 1, at(APPEAL_WITHIN_MS + 1)))).toBe("too-late");
    const key = await world.report(appealOn(stream, 1, at(APPEAL_WITHIN_MS)));
    expect((await recordOf(world, key)).because).toBe("appeal");
  });

  it("not within six months by the calendar, to the end of their last day, whenever the order ended", () => {
    const order = { action: "disable", outcome: "verified" } as Order;
    for (let day = 0; day < 4 * 366; day += 1) {
      const ended = new Date(NOON.getTime() + day * DAY_MS);
      const last = new Date(ended);
      last.setUTCMonth(last.getUTCMonth() + 6);
      last.setUTCHours(23, 59, 59, 999);
      const endedAt = ended.toISOString();
      expect(whyNoCase({ order: { ...order, endedAt }, isOverturned: false }, last.toISOString())).toBeUndefined();
    }
  });

  it("if the action was overturned", async () => {
    const world = await openWorld();
    const { stream, original } = await disabledByRule(world);
    await world.ask({ action: "overturn", report: original, because: "policy" });
    expect(await refusalOf(world, appealOn(stream, 1))).toBe("overturned");
  });

  it("if the order, or the one that it repeats, has an appeal, open or decided", async () => {
    const world = await openWorld({ audit: { ...policy.audit, repair: { missing: true, expiring: false } } });
    const { stream } = await disabledByRule(world);
    const first = await world.report(appealOn(stream, 1));
    expect(await refusalOf(world, appealOn(stream, 1))).toBe("appealed-before");
    await world.ask({ ...grant(first), verdict: "reject" });
    expect(await refusalOf(world, appealOn(stream, 1))).toBe("appealed-before");
    const live = world.live.disabled;
    live.clear(); // somebody enabled it elsewhere: an audit has it repaired
    await world.deliver({ kind: "repair", repair: { stream, number: 1, why: "missing" } });
    expect((await world.ledger.recentOrders(stream))[0]).toMatchObject({
      number: 2,
      authority: { repairs: { of: 1 } },
    });
    expect(await refusalOf(world, appealOn(stream, 2))).toBe("appealed-before");
  });

  it("if its source is no source of appeals any more, or the stream is out of scope", async () => {
    const world = await openWorld();
    const { stream } = await disabledByRule(world);
    expect(await refusalOf(world, appealOn(stream, 1, { source: "standard" }))).toBe("unknown-source");
    expect(await refusalOf(world, appealOn({ ...stream, app: "vod" }, 1))).toBe("out-of-scope");
  });
});

it("a second appeal under a used id is one of its own", async () => {
  const world = await openWorld();
  const { stream } = await disabledByRule(world);
  const first = appealOn(stream, 1);
  await world.report(first);
  await world.report({ ...first, appeal: { number: 2 } });
  const keys = (await world.ledger.openReviews(9)).records.map(({ key }) => key);
  expect(keys).toEqual([`appeals#${first.id}`]);
  expect(await world.ledger.readReport(`appeals#${first.id}`)).toMatchObject({ report: { appeal: { number: 1 } } });
});

it("two appeals under one id, in the same moment, each keep their order", async () => {
  const world = await openWorld();
  const { stream } = await disabledByRule(world);
  const other = await disabledByRule(world);
  const first = appealOn(stream, 1);
  const second = { ...first, stream: other.stream };
  // The first is recorded while the worker of the second has taken its order, and has not recorded it yet.
  const { recordDecision } = world.ledger;
  jest.spyOn(world.ledger, "recordDecision").mockImplementationOnce(async (record) => {
    await world.report(first);
    return recordDecision(record);
  });
  await world.report(second);
  const open = (await world.ledger.openReviews(9)).records;
  expect(open.map((each) => "report" in each && each.report.stream)).toEqual(
    expect.arrayContaining([stream, other.stream]),
  );
});

it("a worker that dies after it took the order, and before it recorded the case, loses nothing", async () => {
  const world = await openWorld();
  const { stream } = await disabledByRule(world);
  const appeal = appealOn(stream, 1);
  jest.spyOn(world.ledger, "recordDecision").mockRejectedValueOnce(new OffairError("ERR_LEDGER", "away"));
  await expect(world.report(appeal)).rejects.toThrow("away");
  const key = await world.report({ ...appeal });
  expect((await recordOf(world, key)).because).toBe("appeal");
  const again = await world.report(appealOn(stream, 1));
  expect((await recordOf(world, again)).because).toBe("appealed-before");
});

describe("who decides", () => {
  const DECIDER = "arn:aws:sts::111122223333:assumed-role/operator/ana";
  const OTHER = "arn:aws:sts::111122223333:assumed-role/operator/bob";

  it("not the person who ordered it, in any verdict, and their queue does not hand it to them", async () => {
    const world = await openWorld();
    const { stream } = weaponsReport();
    await world.askAs(DECIDER, { action: "disable", streams: [stream], hours: 24, dryRun: false });
    await world.workAll();
    const key = await world.report(appealOn(stream, 1));
    for (const verdict of ["approve", "reject"]) {
      const answer = await world.askAs(DECIDER, { action: "review", report: key, verdict, dryRun: false });
      expect(answer).toMatchObject({ ok: false, errors: [{ pointer: "/report" }] });
      expect(answer.errors[0]?.message).toMatch(/appeal against order 1, which .*ana decided: another person/);
    }
    expect(await world.askAs(DECIDER, { action: "next-case" })).toMatchObject({ noCase: { awaitingOthers: 1 } });
    expect(isOff(world, stream)).toBe(true);
    expect(await world.askAs(OTHER, { action: "next-case" })).toMatchObject({ case: { key } });
    expect(await world.askAs(OTHER, { action: "review", report: key, verdict: "reject", dryRun: false })).toMatchObject(
      {
        ok: true,
        verdict: { verdict: "rejected" },
      },
    );
  });

  it("not the person who approved the report", async () => {
    const world = await openWorld({ limits: { ...policy.limits, total: 0 } });
    const report = weaponsReport({ category: "csam" });
    const original = await world.report(report);
    await world.ask({ ...grant(original, "ana") });
    await world.workAll();
    const key = await world.report(appealOn(report.stream, 1));
    expect((await recordOf(world, key)).appealed).toMatchObject({
      report: original,
      by: "ana (claimed)",
      decidedBy: ["ana (claimed)"],
    });
    expect((await world.ask(grant(key, "ana"))).ok).toBe(false);
    expect((await world.ask(grant(key, "bob"))).ok).toBe(true);
  });

  it("not the person who applied the plan, with or without break-glass", async () => {
    const world = await openWorld();
    const { stream } = weaponsReport();
    const planned = await world.askAs(OTHER, { action: "plan", wanted: "disable", streams: [stream], hours: 24 });
    const { orderId, sha256: planSha256 } = planned.plan ?? {};
    const apply = { action: "apply", orderId, planSha256, breakGlass: true, dryRun: false };
    expect((await world.askAs(DECIDER, apply, { mayBreakGlass: true })).ok).toBe(true);
    await world.workAll();
    const key = await world.report(appealOn(stream, 1));
    expect((await recordOf(world, key)).appealed?.decidedBy).toEqual([OTHER, DECIDER]);
    const verdict = { action: "review", report: key, verdict: "reject", dryRun: false };
    expect((await world.askAs(DECIDER, verdict)).ok).toBe(false);
  });

  it("anybody, if a rule alone decided", async () => {
    const world = await openWorld();
    const { stream } = await disabledByRule(world);
    const key = await world.report(appealOn(stream, 1));
    expect((await world.ask(grant(key, "ana"))).ok).toBe(true);
  });

  it("nobody decides many at once", async () => {
    const world = await openWorld();
    const { stream } = await disabledByRule(world);
    await world.report(appealOn(stream, 1));
    const answer = await world.ask({ action: "plan-verdicts", verdict: "reject", cases: { source: "appeals" } });
    expect(answer).toMatchObject({ ok: false, errors: [{ pointer: "/cases" }] });
  });
});

describe("a granted appeal", () => {
  it("enables the stream, overturns the action, and ends the case", async () => {
    const world = await openWorld();
    const { stream, original } = await disabledByRule(world);
    const key = await world.report(appealOn(stream, 1));
    const dry = await world.ask(grant(key, "bob", { dryRun: true }));
    expect(dry).toMatchObject({ ok: true, results: [{ action: "enable", outcome: "planned" }] });
    const answer = await world.ask(grant(key));
    expect(answer).toMatchObject({
      ok: true,
      results: [{ action: "enable", outcome: "verified", orderNumber: 2 }],
      verdict: { verdict: "approved", action: "enable", overturns: "false-positive" },
      overturned: { report: original, number: 1 },
    });
    expect(isOff(world, stream)).toBe(false);
    expect((await recordOf(world, original)).overturns).toEqual([
      { because: "false-positive", by: "bob (claimed)", at: expect.any(String), reason: "not a weapon", appeal: key },
    ]);
    expect((await world.ledger.openReviews(9)).records).toEqual([]);
    const [enable] = await world.ledger.recentOrders(stream);
    expect(enable?.authority).toMatchObject({ kind: "operator", approves: key, reverses: 1 });
    const { cases } = await world.ledger.readCases("standard", new Date(0), new Date(NOON.getTime() + DAY_MS));
    expect(cases).toMatchObject([{ key: original, overturns: [{ because: "false-positive" }] }]);
  });

  it("gives the events of the case and of the enable, with the order and without the broadcaster's words", async () => {
    const world = await openWorld();
    const { stream } = await disabledByRule(world);
    const key = await world.report(appealOn(stream, 1));
    await world.ask(grant(key));
    const report = await recordOf(world, key);
    const [enable, ...earlier] = await world.ledger.recentOrders(stream);
    if (!enable) throw new Error("there is no order");
    const events = [
      ...eventsOf({ kind: "report", report }),
      ...eventsOf({ kind: "order", order: enable, earlier, report }),
    ];
    const ofAppeal = { kind: "appeal", appealOf: 1, category: "csam" };
    expect(events.map(({ type, data }) => ({ type, data }))).toMatchObject([
      { type: "report.decided", data: { action: "review", because: "appeal", appealOf: 1 } },
      { type: "case.opened", data: ofAppeal },
      { type: "case.decided", data: { ...ofAppeal, verdict: "approved", action: "enable" } },
      { type: "stream.enabled", data: { decidedBy: { reverses: 1 }, report: key, category: "csam" } },
    ]);
    expect(JSON.stringify(events)).not.toContain("toy");
  });

  it("overturns for the reason that the person names", async () => {
    const world = await openWorld();
    const { stream, original } = await disabledByRule(world);
    const key = await world.report(appealOn(stream, 1));
    await world.ask(grant(key, "bob", { because: "context" }));
    expect((await recordOf(world, original)).overturns).toMatchObject([{ because: "context" }]);
  });

  it("takes no action, no hours, and a reason of an overturn only for an appeal", async () => {
    const world = await openWorld({ limits: { ...policy.limits, total: 0 } });
    const held = await world.report(weaponsReport({ category: "csam" }));
    expect(await world.ask(grant(held, "bob", { because: "context" }))).toMatchObject({
      ok: false,
      errors: [{ pointer: "/because" }],
    });
    const other = await openWorld();
    const { stream } = await disabledByRule(other);
    const key = await other.report(appealOn(stream, 1));
    expect(await other.ask(grant(key, "bob", { as: "pause" }))).toMatchObject({
      ok: false,
      errors: [{ pointer: "/as" }],
    });
  });

  it.each([
    ["a pause", 0, { category: "weapons" }],
    ["a disable that has expired", 8 * DAY_MS, { category: "csam" }],
  ] as const)("only overturns, if the action was %s", async (_, waitMs, change) => {
    const world = await openWorld();
    const report = weaponsReport(change);
    const original = await world.report(report);
    world.wait(waitMs);
    const key = await world.report(appealOn(report.stream, 1));
    const calls = world.live.calls.length;
    const answer = await world.ask(grant(key));
    await world.workAll();
    expect(answer).toMatchObject({ ok: true, results: [], overturned: { report: original } });
    expect(answer.verdict).not.toHaveProperty("orderId");
    expect(world.live.calls).toHaveLength(calls);
    expect((await recordOf(world, original)).overturns).toHaveLength(1);
    expect((await world.ledger.openReviews(9)).records).toEqual([]);
  });

  it("against a pause lets the stream be published again", async () => {
    const world = await openWorld({ sources: { ...policy.sources, push: { adapter: "huawei-push", grade: "D" } } });
    const report = weaponsReport();
    const original = await world.report(report);
    expect((await world.ledger.recentOrders(report.stream))[0]).toMatchObject({ number: 1, action: "pause" });
    const key = await world.report(appealOn(report.stream, 1));
    expect((await world.ask(grant(key))).ok).toBe(true);
    world.wait(5 * MINUTE_MS);
    const receivedAt = new Date(NOON.getTime() + 5 * MINUTE_MS).toISOString();
    const { stream } = report;
    const publish = { source: "push", id: "push-1", stream, receivedAt, startedAt: receivedAt };
    await world.deliver({ kind: "publish", publish: { ...publish, bodySha256: "0".repeat(64) } });
    await world.workAll();
    expect(await world.ledger.recentOrders(stream)).toHaveLength(1);
    expect(await world.ledger.readReport("push#push-1")).toMatchObject({ outcome: "refused", because: "overturned" });
    expect((await recordOf(world, original)).overturns).toHaveLength(1);
  });

  it("leaves the stream off until the end of another order that keeps it off", async () => {
    const world = await openWorld();
    const { stream } = await disabledByRule(world);
    const key = await world.report(appealOn(stream, 1));
    await world.ask({ action: "disable", streams: [stream], hours: 24 * 14, dryRun: false, requestedBy: "cyd" });
    const until = world.live.disabled.get(JSON.stringify([stream.domain, stream.app, stream.stream]));
    const dry = await world.ask(grant(key, "bob", { dryRun: true }));
    expect(dry.results).toMatchObject([{ action: "enable", staysOff: { by: expect.stringMatching(/^op-/) } }]);
    expect(await world.ask(grant(key))).toMatchObject({
      ok: true,
      results: [{ action: "disable", outcome: "verified", resumeTime: until }],
    });
    expect(isOff(world, stream)).toBe(true);
    const [newest] = await world.ledger.recentOrders(stream);
    expect(newest).toMatchObject({
      action: "disable",
      reason: expect.stringMatching(/^appeal against order 1 granted, still off by order 2/),
    });
  });

  it("against the order that left the stream off is one against the order that it left it off for", async () => {
    const world = await openWorld();
    const { stream } = await disabledByRule(world);
    const first = await world.report(appealOn(stream, 1));
    const { orderId = "" } = await world.ask({
      ...{ action: "disable", streams: [stream], hours: 24 * 14, dryRun: false, requestedBy: "cyd" },
    });
    await world.ask(grant(first));
    expect((await world.ledger.recentOrders(stream))[0]).toMatchObject({ number: 3, action: "disable" });
    const second = await world.report(appealOn(stream, 3));
    expect((await recordOf(world, second)).appealed).toMatchObject({ orderId, decidedBy: ["cyd (claimed)"] });
    expect(await world.ask(grant(second))).toMatchObject({ results: [{ action: "enable", outcome: "verified" }] });
    expect(isOff(world, stream)).toBe(false);
    expect((await world.ledger.readPlanState(orderId)).overturns).toMatchObject([{ appeal: second, stream }]);
    const third = await world.report(appealOn(stream, 2));
    expect((await recordOf(world, third)).because).toBe("overturned");
  });

  it("of an older order does not come back when the newer one is undone", async () => {
    const world = await openWorld();
    const { stream } = await disabledByRule(world);
    const key = await world.report(appealOn(stream, 1));
    const { orderId } = await world.ask({
      action: "disable",
      streams: [stream],
      hours: 24 * 14,
      dryRun: false,
      requestedBy: "cyd",
    });
    await world.ask(grant(key));
    world.wait(HOUR_MS);
    const { plan } = await world.ask({ action: "undo", orderId });
    await world.ask({
      action: "apply",
      orderId: plan?.orderId,
      planSha256: plan?.sha256,
      reason: "undo",
      dryRun: false,
    });
    await world.workAll();
    expect(`${formatStream(stream)} off: ${isOff(world, stream)}`).toBe(`${formatStream(stream)} off: false`);
  });

  it("against an operator's order is a statement about that stream's order only", async () => {
    const world = await openWorld();
    const [one, other] = [weaponsReport().stream, weaponsReport().stream];
    const { orderId = "" } = await world.ask({ action: "disable", streams: [one, other], hours: 24, dryRun: false });
    await world.workAll();
    const key = await world.report(appealOn(one, 1));
    expect((await world.ask(grant(key, "bob"))).ok).toBe(true);
    expect((await world.ledger.readPlanState(orderId)).overturns).toMatchObject([{ stream: one, appeal: key }]);
    expect([isOff(world, one), isOff(world, other)]).toEqual([false, true]);
    const second = await world.report(appealOn(other, 1));
    expect((await recordOf(world, second)).because).toBe("appeal");
  });

  it("stays granted: it cannot be reopened; a rejected one can", async () => {
    const world = await openWorld();
    const { stream } = await disabledByRule(world);
    const key = await world.report(appealOn(stream, 1));
    await world.ask({ ...grant(key), verdict: "reject" });
    expect(isOff(world, stream)).toBe(true);
    expect((await world.ask({ action: "reopen", report: key })).ok).toBe(true);
    await world.ask(grant(key));
    const answer = await world.ask({ action: "reopen", report: key });
    expect(answer).toMatchObject({ ok: false, errors: [{ message: expect.stringMatching(/granted/) }] });
  });
});

/** Each call that leaves the function is a step that may be done, fail, or be done and its answer be lost. */
function stepped({ ledger, deps }: IncidentWorld, gate: Admission): Partial<OperatorRequestDeps> {
  const step =
    <A extends unknown[], T>(name: string, act: (...call: A) => Promise<T>) =>
    (...call: A): Promise<T> =>
      gate(name, async (fate) => {
        if (fate === "unavailable") throw new OffairError("ERR_LEDGER", "away");
        const done = await act(...call);
        if (fate === "lost") throw new OffairError("ERR_LEDGER", "the answer is lost");
        return done;
      });
  return {
    ledger: {
      ...ledger,
      writeVerdict: step("the verdict is written", ledger.writeVerdict),
      addOverturn: step("the overturn is written", ledger.addOverturn),
      readOperatorOrder: step("its order is looked for", ledger.readOperatorOrder),
      writeOperatorOrders: step("the order is written", ledger.writeOperatorOrders),
      endReview: step("it is taken off the list", ledger.endReview),
    },
    enqueue: step("its message is sent", deps.enqueue),
    waitMs: 0,
  };
}

it("whatever dies on the way: granted once, overturned once, and enabled, when the approval is given again; until then it is listed", async () => {
  const fates = fc.constantFrom("do", "do", "do", "do", "do", "do", "unavailable", "lost", "crash");
  const seen = { crashed: 0, finished: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(fates, { maxLength: 12 }), async (steps) => {
      const world = await openWorld();
      const { stream, original } = await disabledByRule(world);
      const key = await world.report(appealOn(stream, 1));
      const process: Process<OperatorResponse> = await startProcess((gate) =>
        world.ask(grant(key), stepped(world, gate)),
      );
      for (const fate of steps) {
        if (fate === "crash") {
          process.kill();
          seen.crashed++;
          break;
        }
        if (process.next() !== undefined) await process.step(fate);
      }
      const isListed = (await world.ledger.openReviews(1)).records.length > 0;
      const overturns = async () => (await recordOf(world, original)).overturns ?? [];
      // What is off the list is done, or its order is on the queue.
      if (!isListed) expect([(await overturns()).length, world.queue.length]).toEqual([1, 1]);
      while (process.next() !== undefined) await process.step("do");
      const end = process.ended();
      if (end?.status === "fulfilled" && end.value.ok) seen.finished++;
      await world.workAll();
      expect((await world.ask(grant(key))).ok).toBe(true);
      await world.workAll();
      expect(await overturns()).toHaveLength(1);
      expect((await world.ledger.openReviews(1)).records).toEqual([]);
      expect((await world.ledger.recentOrders(stream)).map(({ action }) => action)).toEqual(["enable", "disable"]);
      expect(isOff(world, stream)).toBe(false);
    }),
    { numRuns: runs(300) },
  );
  expect(Math.min(seen.crashed, seen.finished)).toBeGreaterThan(often(30));
});
