import { randomUUID } from "node:crypto";
import { beforeEach, describe, expect, it } from "@jest/globals";
import { HOUR_MS, MINUTE_MS } from "../../lib/core/time.ts";
import { type Report, reportKey } from "../../lib/reports/report.ts";
import { handle } from "../../lib/worker/handle-message.ts";
import type { HandleDeps } from "../../lib/worker/handler.ts";
import { metricsOf } from "../../lib/worker/worker-metrics.ts";
import { policy as base, NOON, someStream, weaponsReport } from "../support/fixtures.ts";
import { type LiveDouble, liveDouble } from "../support/live.ts";
import { createMemoryLedger } from "../support/memory-ledger.ts";
import { noBatches } from "../support/no-batches.ts";

let clock: number;
let live: LiveDouble;
let deps: HandleDeps;

const sources: typeof base.sources = {
  standard: { adapter: "standard", grade: "A" },
  vendor: { adapter: "standard", grade: "B" },
  push: { adapter: "huawei-push", grade: "D" },
};
const limited = (limits: Partial<typeof base.limits>): typeof base => ({
  ...{ ...base, sources },
  limits: { ...base.limits, windowMinutes: 60, ...limits },
});
const change = () => ({ changedBy: "ana", reason: "test", changedAt: new Date(clock).toISOString() });

beforeEach(async () => {
  clock = NOON.getTime();
  live = liveDouble();
  const ledger = createMemoryLedger();
  deps = {
    ...{ ledger, live, policy: limited({}), policyHash: "hash" },
    now: () => new Date(clock),
    sleep: async () => {},
    holder: randomUUID,
    ...noBatches(ledger),
  };
  await deps.ledger.writeMode({ mode: "enforce", ...change() });
});

const at = () => new Date(clock).toISOString();
const given = (more: Partial<Report> = {}) => weaponsReport({ occurredAt: at(), receivedAt: at(), ...more });
const deliver = async (report: Report, policy = deps.policy) => {
  const [handled] = await handle({ kind: "reports", reports: [report] }, { ...deps, policy });
  return handled;
};
const deliverSome = async (count: number, policy: typeof base, more: Partial<Report> = {}) => {
  const outcomes: (string | undefined)[] = [];
  for (let each = 0; each < count; each++) {
    const handled = await deliver(given(more), policy);
    outcomes.push(handled?.because ?? handled?.outcome);
  }
  return outcomes;
};

describe("a report over a limit is held for review and not dropped", () => {
  it("by the total, by source, and by the share of live streams as last counted", async () => {
    expect(await deliverSome(3, limited({ total: 2 }))).toEqual(["accepted", "accepted", "limit-total"]);
    clock += 2 * HOUR_MS;
    expect(await deliverSome(2, limited({ perSource: 1 }))).toEqual(["accepted", "limit-source"]);
    expect(await deliverSome(1, limited({ perSource: 1 }), { source: "vendor" })).toEqual(["accepted"]);
    clock += 2 * HOUR_MS;
    // Nobody has counted: the least that the share may come to is all there is.
    expect(await deliverSome(2, limited({ shareOfLive: 0.5, atLeast: 1 }))).toEqual(["accepted", "limit-share"]);
  });

  it("is listed for review with the action it would have taken, and counted as held", async () => {
    const report = given({ category: "csam" });
    const handled = await deliver(report, limited({ total: 0 }));
    expect(handled).toMatchObject({ outcome: "held", because: "limit-total" });
    expect(handled && metricsOf(handled)).toEqual({ ReportsHeld: 1 });
    expect(live.calls).toEqual([]);
    const { records } = await deps.ledger.openReviews(10);
    expect(records).toMatchObject([
      { key: reportKey(report), review: "open", grade: "A", decision: { action: "disable", rule: "severe" } },
    ]);
  });

  it("takes one place, however often a report is delivered", async () => {
    const policy = limited({ total: 1 });
    const report = given();
    await deliver(report, policy);
    expect(await deliver(report, policy)).toMatchObject({ outcome: "accepted", repeated: true });
    expect(await deliverSome(1, policy)).toEqual(["limit-total"]);
  });

  it("takes no place for a report that does not act: ignored, observed, in review", async () => {
    const policy = limited({ total: 1 });
    await deliverSome(3, policy, { category: "spam" });
    await deliverSome(3, policy, { score: 0.6 });
    await deps.ledger.writeMode({ mode: "observe", ...change() });
    expect(await deliverSome(2, policy)).toEqual(["observed", "observed"]);
    await deps.ledger.writeMode({ mode: "enforce", ...change() });
    expect(await deliverSome(1, policy)).toEqual(["accepted"]);
  });

  it("is free again after the window", async () => {
    const policy = limited({ total: 1 });
    expect(await deliverSome(2, policy)).toEqual(["accepted", "limit-total"]);
    clock += 66 * MINUTE_MS; // the window, and the twelfth of it by which it moves
    expect(await deliverSome(1, policy)).toEqual(["accepted"]);
  });
});

describe("while a source is frozen", () => {
  it("its reports are held for review, and reports of other sources act", async () => {
    await deps.ledger.writeFreeze("vendor", true, change());
    expect(await deliver(given({ source: "vendor" }))).toMatchObject({ outcome: "held", because: "source-frozen" });
    expect(await deliver(given())).toMatchObject({ outcome: "accepted" });
    await deps.ledger.writeFreeze("vendor", false, change());
    expect(await deliver(given({ source: "vendor" }))).toMatchObject({ outcome: "accepted" });
  });

  it("a decision made before the freeze is not carried out either", async () => {
    const report = given({ source: "vendor" });
    live.next = () => new Error("the worker dies");
    await expect(deliver(report)).rejects.toThrow();
    live.next = undefined;
    clock += MINUTE_MS;
    await deps.ledger.writeFreeze("vendor", true, change());
    expect(await deliver(report)).toMatchObject({ outcome: "unknown" }); // the call may have been made
    expect(live.calls).toHaveLength(1);
  });
});

describe("a rule with corroboration", () => {
  const asking: typeof base = {
    ...{ ...base, sources },
    rules: base.rules.map((rule) =>
      rule.action === "pause" ? { ...rule, corroboration: { sources: 2, reporters: 2, withinMinutes: 30 } } : rule,
    ),
  };

  it("acts on the second source's report, with the first report among its facts", async () => {
    const stream = someStream();
    expect(await deliver(given({ stream }), asking)).toMatchObject({ outcome: "review", because: "uncorroborated" });
    const second = given({ stream, source: "vendor" });
    expect(await deliver(second, asking)).toMatchObject({ outcome: "accepted" });
    expect(await deps.ledger.readReport(reportKey(second))).toMatchObject({
      facts: { others: [{ source: "standard", category: "weapons", receivedAt: at() }] },
    });
  });

  it("counts a reporter once, and stores no pseudonym with the decision", async () => {
    const stream = someStream();
    const by = (who: string) => given({ stream, reporterHash: who.repeat(32) });
    expect(await deliver(by("a"), asking)).toMatchObject({ because: "uncorroborated" });
    expect(await deliver(by("a"), asking)).toMatchObject({ because: "uncorroborated" });
    const other = by("b");
    expect(await deliver(other, asking)).toMatchObject({ outcome: "accepted" });
    expect(JSON.stringify(await deps.ledger.readReport(reportKey(other)))).not.toMatch(/a{32}|b{32}/);
  });

  it("does not count reports of a weak or a frozen source", async () => {
    const stream = someStream();
    await deliver(given({ stream, source: "push" }), asking);
    expect(await deliver(given({ stream }), asking)).toMatchObject({ because: "uncorroborated" });
    const another = someStream();
    await deliver(given({ stream: another, source: "vendor" }), asking);
    await deps.ledger.writeFreeze("vendor", true, change());
    expect(await deliver(given({ stream: another }), asking)).toMatchObject({ because: "uncorroborated" });
  });
});

it("a message that cannot be translated is held for review once, and counted", async () => {
  const untranslated = {
    ...{ source: "vendor", id: "job-1", receivedAt: at(), bodySha256: "0".repeat(64) },
    issues: [{ pointer: "/body/label", message: 'the label "new" is none of those in the policy' }],
  };
  const [handled] = await handle({ kind: "untranslated", untranslated }, deps);
  await handle({ kind: "untranslated", untranslated }, deps);
  expect(handled && metricsOf(handled)).toEqual({ ReportsInReview: 1, ReportsUntranslated: 1 });
  const { records } = await deps.ledger.openReviews(10);
  expect(records).toMatchObject([{ key: "vendor#job-1", because: "untranslatable", untranslated }]);
});

it("no report acts on a protected stream, and an operator only with a second person's approval", async () => {
  const stream = someStream();
  const policy = { ...deps.policy, protected: [{ domain: stream.domain, app: stream.app, stream: stream.stream }] };
  expect(await deliver(given({ stream, category: "csam" }), policy)).toMatchObject({ because: "protected-stream" });
  const ask = async (more: object) => {
    const order = {
      ...{ orderId: `op-${randomUUID()}`, index: 0, stream, action: "pause" as const, reason: "INC-881" },
      ...{ requestedBy: "ana", requestedAt: at(), overridesRulesUntil: at(), ...more },
    };
    await deps.ledger.writeOperatorOrders([order]);
    return handle({ kind: "order", orderId: order.orderId, index: 0 }, { ...deps, policy });
  };
  expect(await ask({})).toMatchObject([{ outcome: "refused", because: "protected-stream" }]);
  expect(await ask({ overrideProtected: true })).toMatchObject([{ outcome: "refused" }]);
  expect(await ask({ overrideProtected: true, approvedBy: "ana" })).toMatchObject([{ outcome: "refused" }]);
  expect(await ask({ approvedBy: "ben" })).toMatchObject([{ outcome: "refused" }]);
  expect(await ask({ breakGlass: true })).toMatchObject([{ outcome: "refused" }]);
  expect(live.calls).toEqual([]);
  expect(await ask({ overrideProtected: true, approvedBy: "ben" })).toMatchObject([{ outcome: "accepted" }]);
  expect(await ask({ overrideProtected: true, breakGlass: true })).toMatchObject([{ outcome: "accepted" }]);
  expect((await deps.ledger.recentOrders(stream, 2)).map(({ authority }) => authority)).toMatchObject([
    { requestedBy: "ana", breakGlass: true },
    { requestedBy: "ana", approvedBy: "ben" },
  ]);
});
