/** Marking actions as wrong, the sample, and what `sources` counts of it: with the worker behind it, on a ledger in memory. */
import { beforeEach, describe, expect, it, jest } from "@jest/globals";
import type { Report } from "../../../lib/reports/report.ts";
import { policy, someStream, weaponsReport } from "../../support/fixtures.ts";
import { createIncidentWorld, type IncidentWorld } from "../operator-world.ts";

let world: IncidentWorld;
beforeEach(async () => {
  for (const level of ["info", "warn"] as const) jest.spyOn(console, level).mockImplementation(() => {});
  world = await createIncidentWorld({
    sources: { ...policy.sources, form: { adapter: "standard", grade: "C", secret: "form" } },
  });
});

const overturn = (event: object) =>
  world.ask({ action: "overturn", because: "false-positive", reason: "a toy", ...event });
const sources = async (source?: string) => {
  const answer = await world.ask({ action: "sources", ...(source !== undefined && { source }) });
  expect(answer.errors).toEqual([]);
  return answer.sources ?? [];
};
const figuresOf = async (name: string) => (await sources()).find((each) => each.name === name);
const sample = (share: number) => world.ask({ action: "sample", share, dryRun: false });
const give = (report: string, verdict: "approve" | "reject", change: object = {}) =>
  world.ask({ action: "review", report, verdict, dryRun: false, ...change });

describe("overturn", () => {
  it("marks the action of a report, by its key and by the stream's order, and changes nothing at Live", async () => {
    const report = weaponsReport();
    const key = await world.report(report);
    const calls = world.live.calls.length;
    const answer = await overturn({ report: key });
    expect(answer).toMatchObject({
      ok: true,
      overturned: {
        ...{ report: key, source: "standard", rule: "harmful", stream: report.stream },
        overturns: [{ because: "false-positive", by: "ana (claimed)", reason: "a toy" }],
      },
    });
    const again = await overturn({ stream: report.stream, number: 1, because: "policy" });
    expect(again.overturned?.overturns.map(({ because }) => because)).toEqual(["false-positive", "policy"]);
    expect(world.live.calls).toHaveLength(calls);
    expect((await world.ledger.readReport(key))?.overturns?.[1]).toMatchObject({ because: "policy" });
    const explained = await world.ask({ action: "explain", report: key });
    expect(explained.explanation?.stored?.overturns).toHaveLength(2);
    const status = await world.ask({ action: "status", streams: [report.stream] });
    expect(status.results[0]?.orders?.[0]?.overturned).toMatchObject({ because: "policy", reason: "a toy" });
  });

  it("marks an operator's orders, and the report that an approval was about", async () => {
    const stream = someStream();
    const { orderId } = await world.ask({ action: "disable", streams: [stream], hours: 1, dryRun: false });
    expect(await overturn({ orderId })).toMatchObject({ ok: true, overturned: { orderId, stream } });
    const status = await world.ask({ action: "status", streams: [stream] });
    expect(status.results[0]?.orders?.[0]?.overturned).toMatchObject({ because: "false-positive" });

    const key = await world.report(weaponsReport({ score: 0.6 }));
    const approved = await give(key, "approve", { as: "pause" });
    expect(await overturn({ orderId: approved.orderId })).toMatchObject({ ok: true, overturned: { report: key } });
  });

  it("marks the report of one stream, and not all of the plan that approved it", async () => {
    const reports = [weaponsReport({ score: 0.6 }), weaponsReport({ score: 0.6 })];
    const keys = [];
    for (const report of reports) keys.push(await world.report(report));
    const cases = { source: "standard" };
    const { plan } = await world.ask({ action: "plan-verdicts", cases, verdict: "approve", as: "disable", hours: 1 });
    const { orderId, sha256: planSha256 } = plan ?? {};
    await world.ask({ action: "apply", orderId, planSha256 });
    await world.workAll();
    const answer = await overturn({ stream: reports[0]?.stream, number: 1 });
    expect(answer).toMatchObject({ ok: true, overturned: { report: keys[0] } });
    expect(answer.overturned).not.toHaveProperty("orderId");
    const status = await world.ask({ action: "status", streams: reports.map(({ stream }) => stream) });
    const marked = status.results.map(({ orders }) => orders?.[0]?.overturned?.because);
    expect(marked).toEqual(["false-positive", undefined]);

    expect(await overturn({ orderId, because: "policy" })).toMatchObject({ ok: true, overturned: { orderId } });
  });

  it.each([
    ["a report that nobody knows", { report: "standard#x" }, "there is no such report"],
    ["an order that nobody knows", { orderId: "op-00000000-0000-4000-8000-000000000000" }, "no such"],
    ["a stream without orders", { stream: someStream(), number: 1 }, "no order of this stream"],
    ["two things", { report: "standard#x", orderId: "op-00000000-0000-4000-8000-000000000000" }, "name one of"],
    ["a stream without a number", { stream: someStream() }, "name both"],
    ["a reason that nobody knows", { report: "standard#x", because: "mood" }, "false-positive"],
  ])("refuses %s", async (_, event, message) => {
    const answer = await overturn(event);
    expect(answer.ok).toBe(false);
    expect(JSON.stringify(answer.errors)).toContain(message);
  });

  it("refuses a report that took nothing off the air", async () => {
    const key = await world.report(weaponsReport({ score: 0.2 }));
    expect((await overturn({ report: key })).errors[0]?.message).toBe(
      "took nothing off the air: it ended as ignored (no-rule), so there is no action to overturn",
    );
  });
});

describe("the sample", () => {
  it("lets people look at actions afterwards: nothing waits for them, and their verdict acts on nothing", async () => {
    expect((await sample(1)).mode?.sample).toMatchObject({ share: 1, changedBy: "ana (claimed)" });
    const key = await world.report(weaponsReport());
    expect(world.live.calls).toHaveLength(1);
    const [waiting] = (await world.ask({ action: "review" })).reviews ?? [];
    expect(waiting).toMatchObject({ key, isSample: true, outcome: "accepted" });

    expect((await give(key, "approve", { as: "pause" })).errors[0]?.pointer).toBe("/as");
    expect(await give(key, "approve")).toMatchObject({ ok: true, verdict: { verdict: "approved" } });
    expect((await give(key, "reject")).errors[0]?.message).toMatch(/^was approved by ana/);
    await world.workAll();
    expect(world.live.calls).toHaveLength(1);
    expect((await world.ask({ action: "review" })).reviews).toEqual([]);
    expect(await figuresOf("standard")).toMatchObject({
      ...{ reports: 1, actions: 1, neverLookedAt: 0, waiting: 0 },
      all: { right: 1, cases: 1 },
      sample: { drawn: 1, right: 1, cases: 1 },
    });
  });

  it.each(["approve", "reject"] as const)(
    "has one verdict of a case, of the person who is told so: %s",
    async (verdict) => {
      await sample(1);
      const key = await world.report(weaponsReport());
      const give = (requestedBy: string, change = {}) =>
        world.ask({ action: "review", report: key, verdict, dryRun: false, requestedBy }, change);
      const writeVerdict: typeof world.ledger.writeVerdict = async (...given) => {
        await give("ben");
        return world.ledger.writeVerdict(...given);
      };
      const answer = await give("ana", { ledger: { ...world.ledger, writeVerdict } });
      expect([answer.ok, answer.errors[0]?.message]).toEqual([
        false,
        expect.stringMatching(/ by ben .*nothing was done$/),
      ]);
      expect(await give("ben")).toMatchObject({ ok: true, verdict: { by: "ben (claimed)" } });
    },
  );

  it("draws what was only observed, and nothing of what was ignored, held or sent to people anyway", async () => {
    await sample(1);
    const kept = await world.report(weaponsReport({ score: 0.6 }));
    await world.report(weaponsReport({ score: 0.1 }));
    await world.ask({ action: "mode", mode: "observe", dryRun: false });
    const observed = await world.report(weaponsReport());
    expect((await world.ledger.readReport(kept))?.sampled).toBeUndefined();
    const rows = (await world.ask({ action: "review" })).reviews ?? [];
    expect(new Map(rows.map(({ key, isSample }) => [key, isSample]))).toEqual(
      new Map([
        [kept, undefined],
        [observed, true],
      ]),
    );
  });

  it("is of the share that is set, with one salt, and ends with 0", async () => {
    await sample(0.5);
    const salt = (await world.ledger.readMode()).sample?.salt;
    for (let each = 0; each < 100; each++) await world.report(weaponsReport());
    const { sample: drawn, actions } = (await figuresOf("standard")) ?? {};
    expect(actions).toBe(100);
    expect(drawn?.drawn).toBeGreaterThan(20);
    expect(drawn?.drawn).toBeLessThan(80);
    await sample(0);
    expect((await world.ledger.readMode()).sample?.salt).toBe(salt);
    for (let each = 0; each < 20; each++) await world.report(weaponsReport());
    expect((await figuresOf("standard"))?.sample.drawn).toBe(drawn?.drawn);
  });
});

describe("sources", () => {
  it("shows each source with what people said, and what nobody looked at", async () => {
    const keys: string[] = [];
    for (let each = 0; each < 5; each++) keys.push(await world.report(weaponsReport()));
    await overturn({ report: keys[0] });
    await overturn({ report: keys[1], because: "policy" });
    const held = await world.report(weaponsReport({ score: 0.6 }));
    await give(held, "reject");
    await world.ask({ action: "mode", source: "form", frozen: true, dryRun: false });
    const rows = await sources();
    expect(rows.map(({ name, frozen, reports }) => [name, frozen, reports])).toEqual([
      ["standard", false, 6],
      ["form", true, 0],
    ]);
    expect(rows[0]).toMatchObject({ grade: "A", actions: 5, neverLookedAt: 3, all: { right: 1, cases: 3 } });
    expect(rows[1]?.all).toEqual({ right: 0, cases: 0 });
    const [detail] = await sources("standard");
    expect(detail).toMatchObject({
      rules: [
        { name: "harmful", right: 0, cases: 2 },
        { name: "unsure", right: 0, cases: 1 },
      ],
      categories: [{ name: "weapons", right: 1, cases: 3 }],
      bands: [
        { name: "0.6-0.7", right: 0, cases: 1 },
        { name: "0.9-1.0", right: 1, cases: 2 },
      ],
    });
    expect((await world.ask({ action: "sources", source: "nobody" })).errors[0]?.message).toBe(
      "is not a source of the policy",
    );
  });

  it("shows reporters by the first characters of their pseudonym, and counts each report once for its reporter", async () => {
    const by = (name: string): Partial<Report> => ({ source: "form", reporterHash: name.repeat(32) });
    const good = await world.report(weaponsReport({ score: 0.6, ...by("a") }));
    const bad = await world.report(weaponsReport({ score: 0.6, ...by("b") }));
    await give(good, "approve", { as: "pause" });
    await give(bad, "reject");
    await give(bad, "reject");
    await world.workAll();
    const [detail] = await sources("form");
    expect(detail?.reporters?.map(({ reporter, right, wrong }) => [reporter, right, wrong])).toEqual([
      ["bbbbbbbb", 0, 1],
      ["aaaaaaaa", 1, 0],
    ]);
    await overturn({ report: good });
    const [after] = await sources("form");
    expect(after?.reporters?.find(({ reporter }) => reporter === "aaaaaaaa")).toMatchObject({ wrong: 1 });
    expect(JSON.stringify(await world.ledger.readReport(good))).not.toContain("a".repeat(32));
  });

  it("counts the rejections of a plan for their reporters as well, once each", async () => {
    for (const name of ["a", "b"])
      await world.report(weaponsReport({ score: 0.6, source: "form", reporterHash: name.repeat(32) }));
    const { plan } = await world.ask({ action: "plan-verdicts", cases: { source: "form" }, verdict: "reject" });
    const apply = { action: "apply", orderId: plan?.orderId, planSha256: plan?.sha256 };
    for (const resume of [false, true]) expect(await world.ask({ ...apply, resume })).toMatchObject({ ok: true });
    const [detail] = await sources("form");
    expect(detail?.reporters?.map(({ right, wrong }) => [right, wrong])).toEqual([
      [0, 1],
      [0, 1],
    ]);
  });

  it("is not moved by a brigade of a thousand reporters of another source", async () => {
    const keys: string[] = [];
    for (let each = 0; each < 30; each++) keys.push(await world.report(weaponsReport()));
    for (const key of keys.slice(0, 10)) await overturn({ report: key });
    const before = await sources("standard");
    const stream = someStream();
    for (let each = 0; each < 1_000; each++) {
      const reporterHash = each.toString(16).padStart(32, "0");
      const key = await world.report(weaponsReport({ source: "form", stream, score: 0.6, reporterHash }));
      await give(key, "reject");
    }
    expect(await sources("standard")).toEqual(before);
    const [form] = await sources("form");
    expect(form).toMatchObject({ reports: 1_000, all: { right: 0, cases: 1 }, reportersKnown: 1_000 }); // one stream: one mistake
  });
});
