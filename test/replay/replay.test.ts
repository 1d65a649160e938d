import { randomUUID } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../../lib/core/time.ts";
import type { ReportRecord, ReviewRecord } from "../../lib/decisions/report-record.ts";
import type { Policy } from "../../lib/policy/policy.ts";
import { type PastRecord, readPastRecord } from "../../lib/replay/past-record.ts";
import { compare, type DecisionChange, survey } from "../../lib/replay/replay.ts";
import { CATEGORIES } from "../../lib/reports/claim.ts";
import type { Report } from "../../lib/reports/report.ts";
import { handle } from "../../lib/worker/handle-message.ts";
import { createRandom } from "../../local/kit/random.ts";
import { NOON, policy, weaponsReport } from "../support/fixtures.ts";
import { liveDouble } from "../support/live.ts";
import { createMemoryLedger } from "../support/memory-ledger.ts";
import { noBatches } from "../support/no-batches.ts";

const AT = NOON.toISOString();
const later = (ms: number): string => new Date(NOON.getTime() + ms).toISOString();

/** As the worker wrote it, for a report that `policy` paused. */
function paused(change: Partial<ReportRecord> = {}, report: Partial<Report> = {}): ReportRecord {
  const said = weaponsReport(report);
  return {
    ...{ key: `${said.source}#${said.id}`, report: said, grade: "A", decidedAt: AT, mode: "enforce", policy: "hash" },
    decision: { action: "pause", because: "rule", rule: "harmful" },
    facts: { workedAt: AT, orders: [] },
    ...{ outcome: "accepted", orderNumber: 1, closedAt: AT },
    ...change,
  };
}

/** What a file would hold, read. */
const read = (records: readonly unknown[]): PastRecord[] =>
  records.flatMap((record) => {
    const past = readPastRecord(JSON.parse(JSON.stringify(record)));
    if ("issues" in past) throw new Error(JSON.stringify(past.issues));
    return past.kind === "canary" ? [] : [past]; // as scripts/policy-replay-input.ts does
  });

async function replay(records: readonly unknown[], candidate: Policy) {
  const past = read(records);
  const surveyed = await survey(past, candidate);
  const changes: DecisionChange[] = [];
  const compared = await compare(past, candidate, surveyed, (change) => changes.push(change));
  return { ...surveyed, ...compared, changes };
}

const withRule = (id: string, change: object, of: Policy = policy): Policy => ({
  ...of,
  rules: of.rules.map((rule) => (rule.id === id ? { ...rule, ...change } : rule)),
});
const withLimits = (limits: Partial<Policy["limits"]>): Policy => ({
  ...policy,
  limits: { ...policy.limits, ...limits },
});

describe("what can be replayed", () => {
  it("is told first: not without facts, untranslated, of a stream that came back, or without what others said", async () => {
    const { facts: _facts, ...old } = paused();
    const back = paused({
      decision: { action: "review", because: "protected-stream", republish: { after: 1, times: 1 } },
    });
    const untranslated: ReviewRecord = {
      key: "sightengine#1",
      untranslated: { source: "sightengine", id: "1", receivedAt: AT, bodySha256: "0", issues: [] },
      ...{ decidedAt: AT, outcome: "review", because: "untranslatable" },
    };
    const republish = {
      action: "pause",
      because: "republish",
      rule: "harmful",
      republish: { after: 1, times: 1 },
    } as const;
    const asking = withRule("harmful", { corroboration: { reporters: 2, withinMinutes: 10 } });
    const records = [
      ...[paused(), paused({}, { category: "csam" }), paused({ facts: { workedAt: AT, orders: [], others: [] } })],
      ...[old, old, untranslated, back, paused({ decision: republish })],
      paused({ decision: { action: "review", because: "appeal" } }, { appeal: { number: 1 } }),
    ];
    expect((await replay(records, asking)).coverage).toEqual({
      ...{ total: 9, replayable: 2, withoutFacts: 2, untranslated: 1, republish: 2, appeals: 1, withoutOthers: 1 },
    });
  });

  it("includes a report of a source that was not known, which has no grade", async () => {
    const { grade: _grade, ...record } = paused(
      { decision: { action: "refuse", because: "unknown-source" }, outcome: "refused" },
      { source: "gone" },
    );
    expect(await replay([record], policy)).toMatchObject({ coverage: { replayable: 1 }, changed: 0 });
  });

  it.each<[string, (record: ReportRecord) => unknown, string]>([
    ["a number", () => 7, ""],
    ["null", () => null, ""],
    ["an item of another kind", ({ key }) => ({ key, stream: {} }), ""],
    [
      "a name that nobody may have",
      (r) => ({ ...r, report: { ...r.report, stream: { ...r.report.stream, app: "*" } } }),
      "/report/stream/app",
    ],
    ["a score that is none", (r) => ({ ...r, report: { ...r.report, score: 7 } }), "/report/score"],
    [
      "an order without a time",
      (r) => ({ ...r, facts: { workedAt: AT, orders: [{ number: 1, action: "pause", authority: { kind: "rule" } }] } }),
      "/facts/orders/0/placedAt",
    ],
    ["a moment that is none", (r) => ({ ...r, facts: { workedAt: "noon", orders: [] } }), "/facts/workedAt"],
    ["a disable without an end", (r) => ({ ...r, decision: { ...r.decision, action: "disable" } }), "/decision"],
  ])("refuses %s, and says where", (_, change, pointer) => {
    expect(readPastRecord(change(paused()))).toMatchObject({ issues: [{ pointer }] });
  });

  it("leaves the canary's reports out, on which no policy decides", () => {
    expect(readPastRecord(paused({ key: "canary#canary_1" }))).toEqual({ kind: "canary" });
  });
});

describe("a changed decision", () => {
  it("is told with both answers, and why the old rule does not answer any more", async () => {
    const { changes } = await replay([paused()], withRule("harmful", { minScore: 0.95 }));
    expect(changes).toMatchObject([
      {
        was: { action: "pause", because: "rule", rule: "harmful" },
        would: { action: "review", because: "rule", rule: "unsure" },
        why: "score 0.9 is below minScore 0.95",
      },
    ]);
  });

  it("says that the rule is gone, or that another one comes first", async () => {
    const without = { ...policy, rules: policy.rules.filter(({ id }) => id !== "harmful") };
    const reversed = { ...policy, rules: policy.rules.toReversed() };
    expect((await replay([paused()], without)).changes[0]?.why).toBe("the rule harmful no longer exists");
    expect((await replay([paused()], reversed)).changes[0]?.why).toBe("rule unsure matches before harmful");
  });

  it("is one that disables for longer, and not one whose end differs by seconds", async () => {
    const disabled = (resumeTime: string) =>
      paused({ decision: { action: "disable", because: "rule", rule: "severe", resumeTime } }, { category: "csam" });
    const week = disabled("2026-11-28T12:00:01Z");
    expect(await replay([week], policy)).toMatchObject({ changed: 0 });
    const { changes } = await replay([week], withRule("severe", { disableHours: 720 }));
    expect(changes).toMatchObject([{ was: { hours: 168 }, would: { hours: 720 } }]);
  });

  it("counts by answer, before and after", async () => {
    const spam = paused(
      { decision: { action: "ignore", because: "rule", rule: "spam" }, outcome: "ignored" },
      { category: "spam" },
    );
    const { was, would } = await replay([paused(), paused(), spam], withRule("spam", { action: "review" }));
    expect(was).toEqual({ ignore: 1, review: 0, refuse: 0, pause: 2, disable: 0, held: 0 });
    expect(would).toEqual({ ignore: 0, review: 1, refuse: 0, pause: 2, disable: 0, held: 0 });
  });
});

describe("the limits", () => {
  function atMinute(minute: number, change: Partial<ReportRecord> = {}, liveStreams?: number): ReportRecord {
    const at = later(minute * MINUTE_MS);
    const facts = { workedAt: at, orders: [], ...(liveStreams !== undefined && { liveStreams }) };
    return paused({ facts, ...change }, { occurredAt: at, receivedAt: at });
  }

  it("park in the order of time, whatever the order in the file", async () => {
    const records = [atMinute(3), atMinute(1), atMinute(2), atMinute(200)];
    const { changes, would, all } = await replay(records, withLimits({ total: 2 }));
    expect(changes).toMatchObject([{ key: records[0]?.key, would: { action: "pause", held: "limit-total" } }]);
    expect(would).toMatchObject({ pause: 3, held: 1 });
    expect(all.fullest).toContainEqual({ limit: "limit-total", used: 2, most: 2 });
  });

  it("leave unchanged what was held then and would be again, for whatever limit", async () => {
    const held = atMinute(3, { outcome: "held", because: "limit-source" });
    expect(await replay([atMinute(1), held], withLimits({ total: 1 }))).toMatchObject({ changed: 0 });
    expect((await replay([atMinute(1), held], policy)).changes).toMatchObject([
      { key: held.key, was: { held: "limit-source" }, would: { action: "pause" } },
    ]);
  });

  it("say how full they were where nothing was enforced, and change no decision there", async () => {
    const observed = [1, 2, 3].map((minute) => atMinute(minute, { mode: "observe", outcome: "observed" }));
    const { changed, all } = await replay([...observed, atMinute(4)], withLimits({ total: 2 }));
    expect({ changed, held: all.held.size }).toEqual({ changed: 0, held: 2 });
  });

  it("are not asked for a source that was frozen", async () => {
    const frozen = atMinute(1, { outcome: "held", because: "source-frozen" });
    const { orderNumber: _none, ...record } = frozen;
    expect(await replay([record, atMinute(2)], withLimits({ total: 1 }))).toMatchObject({ changed: 0 });
  });

  it("know the streams that were live from the last report for which they were counted", async () => {
    const review = { decision: { action: "review", because: "rule", rule: "unsure" }, outcome: "review" } as const;
    const unread = [3, 4, 5].map((minute) => atMinute(minute, review));
    const share = withLimits({ atLeast: 1, shareOfLive: 0.5 });
    expect((await replay([atMinute(1, {}, 8), ...unread], share)).all.held.size).toBe(0);
    expect((await replay([atMinute(1), ...unread], share)).all.held.size).toBe(3);
    // Counted for a report on which the candidate does nothing.
    const idle = { ...share, rules: share.rules.map((rule) => ({ ...rule, categories: ["nudity" as const] })) };
    const nudity = unread.map((record) => ({ ...record, report: { ...record.report, category: "nudity" as const } }));
    expect((await replay([atMinute(1, {}, 8), ...nudity], idle)).all.held.size).toBe(0);
  });
});

const SOURCES = { best: "A", good: "B", plain: "C", weak: "E", bare: "F" } as const;
const busyPolicy: Policy = {
  ...policy,
  sources: Object.fromEntries(Object.entries(SOURCES).map(([name, grade]) => [name, { adapter: "standard", grade }])),
  protected: [{ domain: "push.example.com", app: "live", stream: "room-0" }],
  rules: [
    ...policy.rules,
    {
      ...{ id: "crowd", categories: ["hate", "harassment"], action: "disable", disableHours: 24, urgent: false },
      corroboration: { sources: 2, reporters: 3, withinMinutes: 30 },
    },
    { id: "graded", categories: ["fraud", "ip"], minGrade: "B", action: "pause", urgent: false },
  ],
};
const tight: Policy["limits"] = { windowMinutes: 30, total: 12, perSource: 6, shareOfLive: 0.05, atLeast: 4 };

/** A day of reports, operators, freezes and modes, as the worker answers it. */
async function workedBy(of: Policy, seed: number, count: number): Promise<unknown[]> {
  const random = createRandom(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const ledger = createMemoryLedger();
  let clock = NOON.getTime();
  const iso = (agoMs = 0): string => new Date(clock - agoMs).toISOString();
  const deps = {
    ...{ ledger, live: liveDouble(), policy: of, policyHash: "hash", holder: randomUUID },
    ...{ now: () => new Date(clock), sleep: async () => {} },
    ...noBatches(ledger),
  };
  const changed = () => ({ changedAt: iso(), changedBy: "ana", reason: "test" });
  await ledger.writeMode({ mode: "enforce", ...changed() });
  const keys: string[] = [];
  const records: unknown[] = [];
  for (let id = 0; id < count; id++) {
    clock += random() * 40 * SECOND_MS;
    const stream = {
      domain: "push.example.com",
      app: random() < 0.03 ? "other" : "live",
      stream: `room-${Math.floor(random() * 60)}`,
    };
    const received = {
      source: pick(Object.keys(SOURCES)),
      id: `msg_${id}`,
      receivedAt: iso(),
      bodySha256: "0".repeat(64),
    };
    const chance = random();
    if (chance < 0.02) await ledger.writeFreeze(pick(Object.keys(SOURCES)), random() < 0.3, changed());
    else if (chance < 0.03) await ledger.writeMode({ mode: random() < 0.7 ? "enforce" : "observe", ...changed() });
    else if (chance < 0.05) await ledger.writeLiveStreams({ count: Math.floor(random() * 300), countedAt: iso() });
    else if (chance < 0.08) {
      const order = {
        orderId: `op-${randomUUID()}`,
        index: 0,
        stream,
        reason: "test",
        requestedBy: "ana",
        requestedAt: iso(),
      };
      const action = pick(["pause", "enable"] as const);
      await ledger.writeOperatorOrders([{ ...order, action, overridesRulesUntil: iso(-2 * HOUR_MS) }]);
      await handle({ kind: "order", orderId: order.orderId, index: 0 }, deps);
    } else if (chance < 0.12) {
      await handle({ kind: "publish", publish: { ...received, stream } }, deps);
      keys.push(`${received.source}#${received.id}`);
    } else {
      const report: Report = {
        ...received,
        ...(random() < 0.02 && { source: "gone" }),
        ...{ stream, category: pick(CATEGORIES), occurredAt: iso(random() < 0.05 ? HOUR_MS : SECOND_MS) },
        ...(random() < 0.8 && { score: Math.round(random() * 100) / 100 }),
        ...(random() < 0.7 && { reporterHash: String(Math.floor(random() * 8)).repeat(32) }),
      };
      await handle({ kind: "reports", reports: [report] }, deps);
      keys.push(`${report.source}#${report.id}`);
    }
  }
  for (const key of keys) {
    const record = await ledger.readReport(key);
    if (record) records.push(record); // of a push with nothing in force there is none
  }
  return records;
}

describe("held against the worker's own decisions", () => {
  it.each([1, 2, 3])("it decides the same under the same policy, what was held included (seed %i)", async (seed) => {
    const of = { ...busyPolicy, limits: tight };
    const records = await workedBy(of, seed, 1_500);
    const { coverage, changes, was, would, all } = await replay(records, of);
    expect(changes).toEqual([]);
    expect(would).toEqual(was);
    expect(coverage.replayable + coverage.republish).toBe(records.length);
    expect(coverage.republish).toBeGreaterThan(0);
    // The day held something of everything.
    expect(Object.entries({ ...was, all: all.held.size }).filter(([, times]) => times === 0)).toEqual([]);
    const held = records.filter((record) => JSON.stringify(record).includes('"because":"limit-'));
    expect(was.held).toBe(held.length);
  });

  it("a policy with one other rule changes exactly the reports that this rule had answered", async () => {
    const records = await workedBy(busyPolicy, 7, 1_500);
    const met = read(records).flatMap((past) =>
      past.kind === "decision" && past.record.decision.rule === "harmful" && (past.record.report.score ?? 1) < 0.9
        ? [past.record.key]
        : [],
    );
    expect(met.length).toBeGreaterThan(10);
    const { changes } = await replay(records, withRule("harmful", { minScore: 0.9 }, busyPolicy));
    expect(changes.map(({ key }) => key)).toEqual(met);
  });

  it("the order of the file makes no difference to what changes", async () => {
    const of = { ...busyPolicy, limits: tight };
    const records = await workedBy(of, 9, 800);
    const candidate = withRule("graded", { minGrade: "C" }, { ...of, limits: { ...tight, total: 15 } });
    const inOrder = await replay(records, candidate);
    const reversed = await replay(records.toReversed(), candidate);
    expect(inOrder.changed).toBeGreaterThan(10);
    expect(reversed.changes.toReversed()).toEqual(inOrder.changes);
  });
});
