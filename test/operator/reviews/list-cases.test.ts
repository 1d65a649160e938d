import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { OffairError } from "../../../lib/core/errors.ts";
import { HOUR_MS, MINUTE_MS } from "../../../lib/core/time.ts";
import type { OperatorRequestDeps } from "../../../lib/operator/handle-request.ts";
import type { Untranslated } from "../../../lib/reports/untranslated.ts";
import { NOON, policy, weaponsReport } from "../../support/fixtures.ts";
import { away, createIncidentWorld, type IncidentWorld, lost } from "../operator-world.ts";

const NOTHING_MORE = { ...policy.limits, total: 0 };
const csam = (id: string) => weaponsReport({ id, category: "csam" });
const unsure = (id: string) => weaponsReport({ id, score: 0.6 });
const untranslated = (id: string): Untranslated => ({
  ...{ source: "standard", id, receivedAt: NOON.toISOString(), bodySha256: "0".repeat(64) },
  issues: [{ pointer: "/category", message: "is missing" }],
});

let world: IncidentWorld;
beforeEach(async () => {
  for (const level of ["info", "warn"] as const) jest.spyOn(console, level).mockImplementation(() => {});
  world = await createIncidentWorld({ limits: NOTHING_MORE });
});
afterEach(() => {
  jest.restoreAllMocks();
});

const approve = (report: string, event: object = {}, change: Partial<OperatorRequestDeps> = {}) =>
  world.ask({ action: "review", report, verdict: "approve", dryRun: false, ...event }, change);
const reject = (report: string, event: object = {}, change: Partial<OperatorRequestDeps> = {}) =>
  world.ask({ action: "review", report, verdict: "reject", dryRun: false, ...event }, change);
const waiting = async () => ((await world.ask({ action: "review" })).reviews ?? []).map(({ key }) => key);
const calls = () => world.live.calls.map(({ action }) => action);

describe("the list of what waits", () => {
  it("says of each why it waits, since when, and what would have been done, oldest first", async () => {
    const held = csam("m-1");
    await world.report(held);
    world.wait(MINUTE_MS);
    const inReview = { ...unsure("m-2"), receivedAt: new Date(NOON.getTime() + MINUTE_MS).toISOString() };
    await world.report(inReview);
    world.wait(MINUTE_MS);
    await world.deliver({ kind: "untranslated", untranslated: untranslated("m-3") });
    world.wait(30_000);
    const { reviews, ...answer } = await world.ask({ action: "review" });
    expect(answer).toEqual({ ok: true, results: [], errors: [] });
    const DAY_S = 86_400;
    const due = (minutes: number) => new Date(NOON.getTime() + DAY_S * 1_000 + minutes * MINUTE_MS).toISOString();
    const said = { source: "standard", grade: "A", occurredAt: NOON.toISOString(), receivedAt: NOON.toISOString() };
    expect(reviews).toEqual([
      {
        ...{ ...said, key: "standard#m-1", stream: held.stream, category: "csam", score: 0.9, ageMinutes: 2 },
        ...{ dueAt: due(0), secondsLeft: DAY_S - 150, urgent: true },
        ...{ outcome: "held", because: "limit-total", rule: "severe" },
        decision: { action: "disable", because: "rule", resumeTime: "2026-11-28T12:00:00Z" },
      },
      {
        ...{ ...said, key: "standard#m-2", stream: inReview.stream, category: "weapons", score: 0.6, ageMinutes: 2 },
        ...{ dueAt: due(1), secondsLeft: DAY_S - 90 },
        ...{ receivedAt: inReview.receivedAt, outcome: "review", because: "rule", rule: "unsure" },
      },
      {
        ...{ key: "standard#m-3", source: "standard", receivedAt: NOON.toISOString(), ageMinutes: 2 },
        ...{ dueAt: due(2), secondsLeft: DAY_S - 30 },
        ...{ outcome: "review", because: "untranslatable", issues: [{ pointer: "/category", message: "is missing" }] },
      },
    ]);
  });

  it("comes in pages of a hundred, each once", async () => {
    for (let index = 0; index < 101; index++) {
      await world.report(csam(`m-${index}`));
      world.wait(1);
    }
    const first = await world.ask({ action: "review" });
    expect([first.reviews?.length, first.next]).toEqual([100, expect.any(String)]);
    const second = await world.ask({ action: "review", after: first.next });
    expect(second).not.toHaveProperty("next");
    const keys = [...(first.reviews ?? []), ...(second.reviews ?? [])].map(({ key }) => key);
    expect(keys).toEqual(Array.from({ length: 101 }, (_, index) => `standard#m-${index}`));
  });

  it("is told where `after` is from no page before", async () => {
    expect(await world.ask({ action: "review", after: "x" })).toMatchObject({
      ok: false,
      errors: [{ pointer: "/after" }],
    });
  });

  it("leaves out what has a verdict, though the ledger's list lags behind", async () => {
    const key = await world.report(csam("m-1"));
    const before = await world.ledger.readReview(key);
    await reject(key);
    const verdict = (await world.ledger.readReview(key))?.verdict;
    const openReviews = async () => ({ records: before ? [{ ...before, ...(verdict && { verdict }) }] : [] });
    expect((await world.ask({ action: "review" }, { ledger: { ...world.ledger, openReviews } })).reviews).toEqual([]);
  });

  it("shows nothing that says who reported, nor their words", async () => {
    await world.report({ ...csam("m-1"), reason: "my neighbour", reporterHash: "0123456789abcdef".repeat(2) });
    expect(JSON.stringify(await world.ask({ action: "review" }))).not.toMatch(/neighbour|0123456789abcdef/);
  });
});

describe("rejected, a report", () => {
  it("waits no more, with who, when and why in the ledger, and nothing is done", async () => {
    const key = await world.report(csam("m-1"));
    const verdict = { verdict: "rejected", by: "ana (claimed)", at: NOON.toISOString(), reason: "a toy" };
    expect(await reject(key, { reason: "a toy" })).toMatchObject({ ok: true, dryRun: false, verdict });
    expect(await world.ledger.readReview(key)).toMatchObject({ verdict });
    expect([await waiting(), world.queue, calls()]).toEqual([[], [], []]);
  });

  it("that nobody could translate is seen", async () => {
    await world.deliver({ kind: "untranslated", untranslated: untranslated("m-3") });
    expect(await reject("standard#m-3")).toMatchObject({ ok: true, verdict: { verdict: "rejected" } });
    expect(await waiting()).toEqual([]);
  });

  it("stays as it is when it is rejected again, and another person is told whose verdict it has", async () => {
    const key = await world.report(csam("m-1"));
    await reject(key);
    expect(await reject(key)).toMatchObject({ ok: true, verdict: { by: "ana (claimed)" } });
    expect(await reject(key, { requestedBy: "bo" })).toMatchObject({
      ...{ ok: false, verdict: { by: "ana (claimed)" } },
      errors: [{ message: expect.stringMatching(/^was rejected by ana \(claimed\) at .*; nothing was done$/) }],
    });
  });

  it("cannot be approved any more: who rejected it, and when, is told", async () => {
    const key = await world.report(csam("m-1"));
    await reject(key, { requestedBy: "bo" });
    const answer = await approve(key);
    expect(answer).toMatchObject({ ok: false, results: [], verdict: { verdict: "rejected", by: "bo (claimed)" } });
    expect(answer.errors).toEqual([
      { pointer: "/report", message: `was rejected by bo (claimed) at ${NOON.toISOString()}; nothing was done` },
    ]);
    expect([world.queue, calls()]).toEqual([[], []]);
  });
});

describe("approved, a report", () => {
  it("that was held is carried out as its decision asked, its hours counted from now", async () => {
    const report = csam("m-1");
    const key = await world.report(report);
    world.wait(HOUR_MS);
    expect(await approve(key)).toMatchObject({
      ok: true,
      dryRun: false,
      orderId: expect.stringMatching(/^op-/),
      verdict: { verdict: "approved", action: "disable", by: "ana (claimed)", resumeTime: "2026-11-28T13:00:00Z" },
      results: [{ stream: report.stream, outcome: "verified", resumeTime: "2026-11-28T13:00:00Z", orderNumber: 1 }],
    });
    expect(calls()).toEqual(["disable"]);
    expect(await waiting()).toEqual([]);
  });

  it("keeps its 90 days, of which Live takes some minutes less", async () => {
    const [rule] = policy.rules;
    world = await createIncidentWorld({
      limits: NOTHING_MORE,
      rules: rule?.action === "disable" ? [{ ...rule, disableHours: 2_160 }] : [],
    });
    const key = await world.report(csam("m-1"));
    expect(await approve(key)).toMatchObject({ results: [{ resumeTime: "2027-02-19T11:55:00Z" }] });
    expect(await approve(key)).toMatchObject({ ok: true, results: [{ resumeTime: "2027-02-19T11:55:00Z" }] });
  });

  it("is one person's order, that names the report", async () => {
    const report = weaponsReport({ id: "m-1" });
    const key = await world.report(report);
    const { orderId = "" } = await approve(key, { reason: "seen it" });
    expect(await world.ledger.listOperatorOrders(orderId)).toEqual([
      {
        ...{ orderId, index: 0, stream: report.stream, action: "pause", reason: "seen it", approves: key },
        ...{
          requestedBy: "ana (claimed)",
          requestedAt: NOON.toISOString(),
          overridesRulesUntil: "2026-11-22T12:00:00.000Z",
        },
      },
    ]);
    expect(await world.ledger.recentOrders(report.stream)).toMatchObject([
      { action: "pause", authority: { kind: "operator", orderId, approves: key } },
    ]);
  });

  it.each<[string, object, object]>([
    ["a pause", { as: "pause" }, { action: "pause" }],
    ["a disable of seven days", { as: "disable" }, { action: "disable", resumeTime: "2026-11-28T12:00:00Z" }],
    ["a disable of an hour", { as: "disable", hours: 1 }, { action: "disable", resumeTime: "2026-11-21T13:00:00Z" }],
  ])("in review needs a word on what is to be done: %s", async (_, as, verdict) => {
    const key = await world.report(unsure("m-1"));
    expect(await approve(key)).toMatchObject({ ok: false, errors: [{ pointer: "/as" }] });
    expect(await approve(key, as)).toMatchObject({ ok: true, verdict });
  });

  it("is planned with what was ordered of the stream since the report came", async () => {
    const report = csam("m-1");
    const key = await world.report(report);
    world.wait(MINUTE_MS);
    await world.ask({ action: "enable", streams: [report.stream], dryRun: false, requestedBy: "bo", reason: "appeal" });
    const { results } = await world.ask({ action: "review", report: key, verdict: "approve" });
    expect(results).toMatchObject([
      { outcome: "planned", orders: [{ action: "enable", by: "bo (claimed)", reason: "appeal" }] },
    ]);
  });

  it("that was held is done otherwise where a person says so", async () => {
    const [one, other, third] = [csam("m-1"), csam("m-2"), weaponsReport({ id: "m-3" })];
    for (const report of [one, other, third]) await world.report(report);
    expect(await approve("standard#m-1", { as: "pause" })).toMatchObject({ results: [{ outcome: "accepted" }] });
    expect(await approve("standard#m-2", { hours: 2 })).toMatchObject({
      results: [{ resumeTime: "2026-11-21T14:00:00Z" }],
    });
    expect(await approve("standard#m-3", { as: "disable" })).toMatchObject({
      results: [{ resumeTime: "2026-11-28T12:00:00Z" }],
    });
    expect(calls()).toEqual(["pause", "disable", "disable"]);
  });

  it("of a held pause has no hours", async () => {
    const key = await world.report(weaponsReport({ id: "m-1" }));
    expect(await approve(key, { hours: 2 })).toMatchObject({ ok: false, errors: [{ pointer: "/hours" }] });
    expect(await waiting()).toEqual([key]);
  });

  it("that nobody could translate is refused, and says what to do", async () => {
    await world.deliver({ kind: "untranslated", untranslated: untranslated("m-3") });
    expect(await approve("standard#m-3", { as: "disable" })).toMatchObject({
      ok: false,
      errors: [{ pointer: "/verdict", message: expect.stringContaining("disable the stream by hand") }],
    });
    expect(await waiting()).toEqual(["standard#m-3"]);
  });

  it.each<[string, Partial<typeof policy>, string]>([
    ["out of scope by now", { scope: [{ domain: "push.example.com", apps: ["event"] }] }, "outside"],
    ["protected", { protected: [{ domain: "push.example.com", app: "live" }] }, "protected"],
  ])("of a stream that is %s is refused, and still waits", async (_, change, message) => {
    const key = await world.report(csam("m-1"));
    const answer = await approve(key, { as: "pause" }, { policy: { ...policy, ...change } });
    expect(answer).toMatchObject({
      ok: false,
      errors: [{ pointer: "/report", message: expect.stringContaining(message) }],
    });
    expect([await waiting(), world.queue]).toEqual([[key], []]);
  });

  it("says so where Live did not do it", async () => {
    const key = await world.report(csam("m-1"));
    world.live.next = () => new OffairError("ERR_LIVE_REJECTED", "no");
    const answer = await approve(key);
    expect(answer).toMatchObject({ ok: false, results: [{ outcome: "failed" }], verdict: { verdict: "approved" } });
  });
});

describe("a verdict", () => {
  it.each(["approve", "reject"])(
    "is planned, and nothing is written or sent, unless somebody says so: %s",
    async (verdict) => {
      const report = csam("m-1");
      const key = await world.report(report);
      const before = world.ledger.dump();
      const answer = await world.ask({ action: "review", report: key, verdict });
      expect(answer).toMatchObject({ ok: true, dryRun: true, reviews: [{ key, because: "limit-total" }] });
      expect(answer.results).toEqual(
        verdict === "reject"
          ? []
          : [
              {
                ...{ stream: report.stream, action: "disable", outcome: "planned" },
                ...{ resumeTime: "2026-11-28T12:00:00Z", orders: [] },
              },
            ],
      );
      expect(answer).not.toHaveProperty("verdict");
      expect([world.ledger.dump(), world.queue]).toEqual([before, []]);
    },
  );

  it("that is there is shown by a dry run, with what became of its order", async () => {
    const key = await world.report(csam("m-1"));
    const { orderId } = await approve(key, {}, { waitMs: 0 });
    const sent = [...world.queue];
    expect(await approve(key, { dryRun: true })).toMatchObject({
      ...{ ok: true, dryRun: true, orderId },
      results: [{ outcome: "ordered", orderNumber: 1 }],
    });
    expect(world.queue).toEqual(sent);
  });

  it.each(["approve", "reject"])("on what is not in review is a fault: %s", async (verdict) => {
    const ignored = await world.report(weaponsReport({ id: "m-1", category: "spam" }));
    for (const report of [ignored, "standard#nobody-sent-this", "constructor#x"]) {
      const answer = await world.ask({
        action: "review",
        report,
        verdict,
        dryRun: false,
        ...(verdict === "approve" && { as: "pause" }),
      });
      expect(answer).toEqual({ ok: false, results: [], errors: [{ pointer: "/report", message: "is not in review" }] });
    }
  });

  it.each<[string, object, string[]]>([
    ["without a report", { verdict: "reject" }, ["/report"]],
    ["that is missing", { report: "standard#m" }, ["/verdict"]],
    ["that is none", { report: "standard#m", verdict: "yes" }, ["/verdict"]],
    ["on what is no key", { report: "m", verdict: "reject" }, ["/report"]],
    ["of a page", { report: "standard#m", verdict: "reject", after: "x" }, ["/after"]],
    ["that rejects as a pause", { report: "standard#m", verdict: "reject", as: "pause" }, ["/as"]],
    ["that pauses for hours", { report: "standard#m", verdict: "approve", as: "pause", hours: 2 }, ["/hours"]],
    ["for too long", { report: "standard#m", verdict: "approve", as: "disable", hours: 2_161 }, ["/hours"]],
    ["that overrides", { report: "standard#m", verdict: "approve", overrideProtected: true }, [""]],
    [
      "wrong in every place",
      { verdict: "reject", as: "enable", hours: 1, dryRun: 0 },
      ["/as", "/dryRun", "/hours", "/report"],
    ],
  ])("%s is a fault", async (_, event, pointers) => {
    const { ok, errors } = await world.ask({ action: "review", ...event });
    expect([ok, [...new Set(errors.map(({ pointer }) => pointer))].sort()]).toEqual([false, pointers]);
  });
});

describe("two persons at once", () => {
  it.each([1, 2, 3, 4])(
    "who approve differently: one verdict, one order, and the other is told (%s)",
    async (turns) => {
      const key = await world.report(csam("m-1"));
      const later = async () => {
        for (let turn = 0; turn < turns; turn++) await Promise.resolve();
        return approve(key, { as: "pause", requestedBy: "bo" });
      };
      const answers = await Promise.all([approve(key), later()]);
      expect(answers.map(({ ok }) => ok).sort()).toEqual([false, true]);
      expect(new Set(answers.map(({ verdict }) => JSON.stringify(verdict))).size).toBe(1);
      expect(calls()).toHaveLength(1);
    },
  );

  it("who approve the same: one verdict, and its order is carried out once", async () => {
    const key = await world.report(csam("m-1"));
    const answers = await Promise.all([approve(key), approve(key, { requestedBy: "bo" })]);
    expect(answers.map(({ ok }) => ok)).toEqual([true, true]);
    expect(new Set(answers.map(({ orderId }) => orderId)).size).toBe(1);
    expect(answers.map(({ verdict }) => verdict?.by)).toEqual(["ana (claimed)", "ana (claimed)"]);
    expect(calls()).toEqual(["disable"]);
  });

  it("of whom one rejects: either nothing was done, or the rejection is refused", async () => {
    for (const pair of [
      [approve, reject],
      [reject, approve],
    ] as const) {
      const report = csam(`m-${pair[0].name}`);
      const key = await world.report(report);
      const answers = await Promise.all(pair.map((ask, index) => ask(key, { requestedBy: ["ana", "bo"][index] })));
      const first = answers.findIndex(({ ok }) => ok);
      expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
      const by = ["ana (claimed)", "bo (claimed)"][first];
      expect(answers.map(({ verdict }) => verdict?.by)).toEqual([by, by]);
      expect(await world.ledger.recentOrders(report.stream)).toHaveLength(pair[first] === approve ? 1 : 0);
    }
  });
});

describe("an approval that was cut off goes on with the same order when it is given again:", () => {
  const readOrders = async (key: string) => {
    const { orderId = "" } = (await world.ledger.readReview(key))?.verdict ?? {};
    return world.ledger.listOperatorOrders(orderId);
  };

  it.each<[string, (w: IncidentWorld) => Partial<OperatorRequestDeps>]>([
    ["the queue was away", () => ({ enqueue: away })],
    ["the queue's answer was lost", ({ deps }) => ({ enqueue: lost(deps.enqueue) })],
    ["the order could not be written", ({ ledger }) => ({ ledger: { ...ledger, writeOperatorOrders: away } })],
    [
      "the order was written, and the answer lost",
      ({ ledger }) => ({ ledger: { ...ledger, writeOperatorOrders: lost(ledger.writeOperatorOrders) } }),
    ],
    [
      "the verdict was written, and the answer lost",
      ({ ledger }) => ({ ledger: { ...ledger, writeVerdict: lost(ledger.writeVerdict) } }),
    ],
  ])("%s", async (_, broken) => {
    const key = await world.report(csam("m-1"));
    const first = await approve(key, {}, broken(world));
    expect(first).toMatchObject({ ok: false, errors: [{ message: expect.stringMatching(/^ERR_/) }] });
    const { verdict } = (await world.ledger.readReview(key)) ?? {};
    world.wait(5 * MINUTE_MS);
    const second = await approve(key, { reason: "once more" });
    expect(second).toMatchObject({ ok: true, orderId: verdict?.orderId, verdict, results: [{ outcome: "verified" }] });
    expect(await readOrders(key)).toMatchObject([
      { orderId: verdict?.orderId, requestedAt: NOON.toISOString(), reason: "INC-881" },
    ]);
    expect(calls()).toEqual(["disable"]);
  });

  it("and stays in the list until it is on its way, whoever may have died before", async () => {
    const key = await world.report(csam("m-1"));
    await approve(key, {}, { enqueue: away });
    const { reviews } = await world.ask({ action: "review" });
    expect(reviews).toMatchObject([{ key, verdict: { verdict: "approved", by: "ana (claimed)" } }]);
    const late = { ledger: { ...world.ledger, endReview: away } };
    expect(await approve(key, {}, late)).toMatchObject({ ok: true, results: [{ outcome: "verified" }] });
    expect(await waiting()).toEqual([key]);
    expect(await approve(key)).toMatchObject({ ok: true, results: [{ outcome: "verified" }] });
    expect(await waiting()).toEqual([]);
    expect(calls()).toEqual(["disable"]);
  });

  it("says that the verdict stands where its order is not on its way", async () => {
    const key = await world.report(csam("m-1"));
    const answer = await approve(key, {}, { enqueue: away });
    expect(answer).toMatchObject({
      ok: false,
      orderId: expect.stringMatching(/^op-/),
      verdict: { verdict: "approved" },
      errors: [{ pointer: "/report", message: expect.stringContaining("approve it again") }],
    });
  });

  it("writes no second order under another policy", async () => {
    const key = await world.report(csam("m-1"));
    await approve(key, {}, { enqueue: away });
    const [order] = await readOrders(key);
    const answer = await approve(key, {}, { policy: { ...policy, operatorOverrideHours: 1 } });
    expect(answer).toMatchObject({ ok: true });
    expect(await readOrders(key)).toEqual([order]);
  });

  it("an impatient second one sends nothing once the order has its outcome", async () => {
    const key = await world.report(csam("m-1"));
    const first = await approve(key);
    const second = await approve(key, {}, { enqueue: away });
    expect(second).toMatchObject({ ok: true, results: first.results });
  });

  it("never tells what is unforeseen", async () => {
    const key = await world.report(csam("m-1"));
    const enqueue = async () => {
      throw new TypeError("hunter2");
    };
    const readOperatorOrder = enqueue;
    const answers = [
      await approve(key, {}, { enqueue }),
      await approve(key, {}, { ledger: { ...world.ledger, readOperatorOrder } }),
    ];
    expect(answers.map(({ ok }) => ok)).toEqual([false, false]);
    expect(JSON.stringify(answers)).not.toContain("hunter2");
  });
});
