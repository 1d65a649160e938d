/** Another report under the id of an earlier one: no worker acts on it, and a person gets it. */
import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { decide } from "../../lib/decisions/decide.ts";
import { policySchema } from "../../lib/policy/lint/lint.ts";
import { type Report, reportKey } from "../../lib/reports/report.ts";
import { handle } from "../../lib/worker/handle-message.ts";
import type { HandleDeps } from "../../lib/worker/handler.ts";
import { metricsOf } from "../../lib/worker/worker-metrics.ts";
import { policy as base, NOON, weaponsReport } from "../support/fixtures.ts";
import { type LiveDouble, liveDouble } from "../support/live.ts";
import { createMemoryLedger, type MemoryLedger } from "../support/memory-ledger.ts";
import { noBatches } from "../support/no-batches.ts";

const policy = policySchema.parse({
  ...base,
  sources: { ...base.sources, other: { adapter: "standard", grade: "A" } },
  rules: [
    ...base.rules,
    { id: "agreed", categories: ["hate"], action: "pause", corroboration: { sources: 2, withinMinutes: 60 } },
  ],
});

let ledger: MemoryLedger;
let live: LiveDouble;
let deps: HandleDeps;
beforeEach(async () => {
  for (const level of ["info", "warn"] as const) jest.spyOn(console, level).mockImplementation(() => {});
  ledger = createMemoryLedger();
  live = liveDouble();
  deps = {
    ...{ ledger, live, policy, policyHash: "p", now: () => NOON, sleep: async () => {}, holder: randomUUID },
    ...noBatches(ledger),
  };
  await ledger.writeMode({ mode: "enforce", changedAt: NOON.toISOString(), changedBy: "ana", reason: "test" });
});
afterEach(() => {
  jest.restoreAllMocks();
});

const SEEN = "2026-11-21T11:59:58.000Z";
/** Of a sender that says when it saw the harm. */
const reported = (change: Partial<Report> = {}): Report =>
  weaponsReport({ id: "msg_1", occurredAt: SEEN, bodySha256: randomUUID().padEnd(64, "0"), ...change });
const deliver = (...reports: Report[]) => handle({ kind: "reports", reports }, deps);
const reviews = async () =>
  (await ledger.openReviews(100)).records.flatMap((record) => ("report" in record ? [record] : []));

describe("another report under a used id", () => {
  const first = reported();
  it.each<[string, Partial<Report>]>([
    ["another stream", { stream: weaponsReport().stream }],
    ["another app", { stream: { ...first.stream, app: "vod2" } }],
    ["another category", { category: "nudity" }],
    ["another score", { score: 0.91 }],
    ["another time", { occurredAt: "2026-11-21T11:59:59.000Z" }],
    ["another reason", { reason: "a knife" }],
    ["other evidence", { evidence: [{ url: "https://example.com/1.jpg" }] }],
  ])("is held for review under a key of its own, and is counted: %s", async (_, change) => {
    const scope = [...policy.scope, { domain: "push.example.com", apps: ["vod2"] }];
    deps = { ...deps, policy: { ...policy, scope } };
    const other = { ...first, bodySha256: "1".repeat(64), ...change };
    expect(await deliver(first)).toMatchObject([{ outcome: "accepted" }]);
    const [handled] = await deliver(other);
    expect(handled).toMatchObject({
      key: expect.stringMatching(/^standard#msg_1 again [0-9a-f]{16}$/),
      outcome: "review",
      because: "duplicate-id",
    });
    expect(handled && metricsOf(handled)).toEqual({ ReportsInReview: 1, ReportsDuplicateId: 1 });
    const { id: _id, ...content } = other;
    expect(await reviews()).toMatchObject([
      { key: handled?.key, report: content, facts: { duplicateOf: "standard#msg_1" } },
    ]);
    expect(live.calls).toHaveLength(1);
    expect(await ledger.readReport("standard#msg_1")).toMatchObject({ report: first, outcome: "accepted" });
  });

  it("is held once, however often it is delivered, and each further one by itself", async () => {
    await deliver(reported());
    const [second, third] = [reported({ score: 0.5 }), reported({ score: 0.6 })];
    for (let round = 0; round < 3; round++) await deliver(second, third);
    expect((await reviews()).map(({ report }) => report.score).sort()).toEqual([0.5, 0.6]);
    const [again] = await deliver(second);
    expect(again && metricsOf(again)).toEqual({});
  });

  it("is held also where the earlier report caused no action, or is held itself", async () => {
    await deliver(reported({ category: "spam" }));
    await deliver(reported({ category: "csam" }));
    await deliver(reported({ id: "msg_2", score: 0.6 }), reported({ id: "msg_2", category: "csam" }));
    expect((await reviews()).map(({ key, because }) => [key.replace(/[0-9a-f]{16}/, "…"), because]).sort()).toEqual([
      ["standard#msg_1 again …", "duplicate-id"],
      ["standard#msg_2 again …", "duplicate-id"],
      ["standard#msg_2", "rule"],
    ]);
    expect(live.calls).toEqual([]);
  });

  it("is held where two workers get the two at the same moment: one decides, and a person gets the other", async () => {
    const both = [reported(), reported()];
    await Promise.all(both.map((each) => deliver(each)));
    await Promise.all(both.map((each) => deliver(each)));
    const [held, ...others] = await reviews();
    expect([held?.because, others]).toEqual(["duplicate-id", []]);
    expect(live.calls).toHaveLength(1);
    expect([live.calls[0]?.stream, held?.report.stream]).toEqual(
      expect.arrayContaining(both.map(({ stream }) => stream)),
    );
  });

  it("counts as no other report: a source that uses an id twice does not corroborate itself", async () => {
    const { stream } = weaponsReport();
    await deliver(reported({ source: "other", category: "spam" }));
    await deliver(reported({ source: "other", category: "hate", stream }));
    expect(await deliver(reported({ id: "msg_3", category: "hate", stream }))).toMatchObject([
      { outcome: "review", because: "uncorroborated" },
    ]);
    expect(await ledger.recentReports(stream, SEEN)).toHaveLength(1);
  });

  it("of a message with several is held for each report that differs", async () => {
    const two = [reported(), reported({ id: "msg_1/1" })];
    await deliver(...two);
    const changed = two.map((report, index) => (index === 0 ? report : { ...report, category: "csam" as const }));
    expect(await deliver(...changed)).toMatchObject([
      { key: "standard#msg_1", repeated: true },
      { key: expect.stringContaining("standard#msg_1/1 again "), because: "duplicate-id" },
    ]);
  });

  it("is decided again as it was, when the ledger is replayed", async () => {
    await deliver(reported());
    await deliver(reported());
    const [held] = await reviews();
    if (!held) throw new Error("nothing is held");
    expect(decide(held.report, held.facts, policy)).toEqual(held.decision);
  });

  it("out of scope is refused, under a key of its own", async () => {
    await deliver(reported());
    const outside = { domain: "push.example.com", app: "vod", stream: "x" };
    expect(await deliver(reported({ stream: outside }))).toMatchObject([
      { key: expect.stringContaining(" again "), outcome: "refused", because: "out-of-scope" },
    ]);
  });
});

describe("the same report again", () => {
  const expectRepeated = async (first: Report, again: Report) => {
    const [before] = await deliver(first);
    const later = { ...again, receivedAt: again.receivedAt };
    expect(await deliver(later)).toMatchObject([{ key: reportKey(first), outcome: before?.outcome, repeated: true }]);
    expect((await reviews()).filter(({ because }) => because === "duplicate-id")).toEqual([]);
  };

  it("in another encoding is a repetition, whatever its bytes and its time of receipt", async () => {
    const evidence = [{ url: "https://example.com/1.jpg", sha256: "a".repeat(64) }];
    const first = reported({ evidence });
    const turned = evidence.map(({ url, sha256 }) => ({ sha256, url }));
    await expectRepeated(first, {
      ...first,
      bodySha256: "2".repeat(64),
      receivedAt: "2026-11-21T12:00:09.000Z",
      evidence: turned,
    });
  });

  it("of a vendor that states no time is one, in other words and with another score of the same rule", async () => {
    const at = (receivedAt: string) => ({ occurredAt: receivedAt, receivedAt });
    const first = reported(at("2026-11-21T11:59:57.000Z"));
    const later = at("2026-11-21T12:00:00.000Z");
    await expectRepeated(first, { ...first, ...later, reason: "all findings", score: 0.95 });
    expect(await deliver({ ...first, ...later, score: 0.6 })).toMatchObject([{ because: "duplicate-id" }]);
    expect(await deliver({ ...first, ...later, category: "csam" })).toMatchObject([{ because: "duplicate-id" }]);
    expect(await reviews()).toHaveLength(2);
  });
});
