import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "@jest/globals";
import { createLedger } from "../../../lib/aws/dynamodb/ledger.ts";
import type { ReportRecord } from "../../../lib/decisions/report-record.ts";
import type { LedgerEvent } from "../../../lib/ledger/export-event.ts";
import type { Order } from "../../../lib/orders/order.ts";
import { writePlanText } from "../../../lib/plans/plan.ts";
import { reportKey } from "../../../lib/reports/report.ts";
import { type Activity, activityOf, activityOfLog } from "../../../local/demo/activity.ts";
import { createPrinter } from "../../../local/demo/printer.ts";
import { auditText } from "../../../local/demo/run-audits.ts";
import { createActivityReader } from "../../../local/demo/watch-activity.ts";
import { weaponsReport } from "../../support/fixtures.ts";
import { TABLE, useTable } from "../../support/table.ts";

const table = useTable();

const AT = "2026-11-21T21:59:58.000Z";
const STREAM = { domain: "publish.example.huawei.com", app: "live", stream: "huawei" };
const POLICY = "c".repeat(64);
const ALICE = "arn:aws:iam::000000000000:user/alice";

/** As it is printed in a pipe. */
async function printed(activity: Activity | undefined): Promise<string | undefined> {
  if (!activity) return undefined;
  const out = new PassThrough();
  createPrinter(out as unknown as NodeJS.WriteStream).activity(activity);
  out.end();
  return text(out);
}
const lineOf = (event: Record<string, unknown>) => printed(activityOf({ at: AT, ...event } as LedgerEvent));

function reported(change: Partial<ReportRecord> = {}, report: Parameters<typeof weaponsReport>[0] = {}): ReportRecord {
  const received = weaponsReport({
    id: "8f14e45f",
    receivedAt: AT,
    stream: STREAM,
    category: "nudity",
    score: 0.93,
    ...report,
  });
  return {
    ...{ key: reportKey(received), report: received, facts: { workedAt: AT, orders: [] } },
    ...{ decidedAt: AT, mode: "enforce", policy: POLICY },
    decision: { action: "pause", because: "rule", rule: "harmful" },
    ...{ outcome: "accepted", closedAt: "2026-11-21T21:59:58.400Z" },
    ...change,
  };
}
const order = (change: Partial<Order> = {}): Order => ({
  ...{ stream: STREAM, number: 3, action: "disable", resumeTime: "2026-11-22T22:00:00Z", reason: "INC-881" },
  ...{ placedAt: AT, attempts: [], outcome: "verified", endedAt: "2026-11-21T22:00:00.000Z" },
  authority: {
    ...{ kind: "operator", cause: "operator#op-1#0", orderId: "op-1", requestedBy: ALICE, overridesRulesUntil: AT },
  },
  ...change,
});

describe("a line", () => {
  it.each<[string, Record<string, unknown>, string | undefined]>([
    [
      "a report says what was decided, by which rule, how it ended and how long it took",
      { kind: "report", report: reported() },
      "21:59:58  report      standard#8f14e45f  nudity 0.93  live/huawei  → pause (rule harmful)  accepted  0.4 s\n",
    ],
    [
      "a disable says until when, and a failure why",
      {
        kind: "report",
        report: reported({
          decision: { action: "disable", because: "repeat", rule: "harmful", resumeTime: "2026-11-22T22:00:00Z" },
          ...{ outcome: "failed", because: "LIVE.103011019" },
        }),
      },
      "21:59:58  report      standard#8f14e45f  nudity 0.93  live/huawei  → disable until 2026-11-22T22:00:00Z (rule harmful, repeat)  failed (LIVE.103011019)  0.4 s\n",
    ],
    [
      "a report that has not ended has none",
      { kind: "report", report: reported({ outcome: undefined, closedAt: undefined } as object) },
      undefined,
    ],
    [
      "a re-publish",
      {
        kind: "report",
        report: reported({
          decision: { action: "pause", because: "republish", rule: "harmful", republish: { after: 1, times: 2 } },
        }),
      },
      "21:59:58  re-publish  standard#8f14e45f  number 2  live/huawei  → pause (rule harmful)  accepted  0.4 s\n",
    ],
    [
      "a verdict",
      { kind: "report", report: reported({ verdict: { verdict: "rejected", by: ALICE, at: AT, reason: "art" } }) },
      "21:59:58  report      standard#8f14e45f  rejected by alice: art\n",
    ],
    [
      "an operator's order",
      { kind: "order", order: order() },
      "21:59:58  order       op-1  disable  live/huawei  alice: INC-881  verified  2.0 s\n",
    ],
    [
      "an order of a rule is told by its report",
      {
        kind: "order",
        order: order({ authority: { kind: "rule", cause: "x#1", source: "x", rule: "r", policy: POLICY } }),
      },
      undefined,
    ],
    [
      "but a repair has no report",
      {
        kind: "order",
        order: order({
          authority: {
            ...{ kind: "rule", cause: "x#1", source: "x", rule: "r", policy: POLICY },
            repairs: { of: 2, why: "missing", cause: "x#0", placedAt: AT },
          },
        }),
      },
      "21:59:58  order       number 3  disable  live/huawei  repair of order 2 (missing)  verified  2.0 s\n",
    ],
    [
      "a plan's newest step",
      {
        kind: "plan-state",
        planState: {
          orderId: "op-1",
          approval: { approvedBy: "bob", approvedAt: "2026-11-21T21:59:00.000Z", reason: "seen", planSha256: POLICY },
          applied: { appliedBy: ALICE, appliedAt: AT, reason: "INC-881", planSha256: POLICY, overridesRulesUntil: AT },
        },
      },
      "21:59:58  plan        op-1  applied by alice: INC-881\n",
    ],
    [
      "a frozen source",
      { kind: "change", change: { source: "hive", frozen: true, changedAt: AT, changedBy: ALICE, reason: "mad" } },
      "21:59:58  mode        hive frozen  alice: mad\n",
    ],
  ])("of %s", async (_, event, expected) => {
    expect(await lineOf(event)).toBe(expected);
  });

  it("of a plan counts its streams", async () => {
    const { head } = writePlanText(
      {
        ...{ orderId: "op-00000000-0000-4000-8000-000000000001", action: "pause", reason: "INC-881" },
        ...{ requestedBy: ALICE, plannedAt: AT, expiresAt: AT, policy: POLICY },
        ...{ overrideProtected: false, needsApproval: [] },
      },
      [STREAM, { ...STREAM, stream: "other" }],
    );
    const line = await lineOf({ kind: "plan", plan: { orderId: "op-1", head } });
    expect(line).toMatch(/^21:59:58 {2}plan {8}op-\S+ {2}pause 2 streams {2}alice: INC-881\n$/);
  });

  it("shows what hostile names and reasons hold, and obeys none of it", async () => {
    const evil = "\u001b[2J\u202egpj\n22:00:00  report";
    const id = `${evil}${"x".repeat(100)}`;
    const lines = await Promise.all([
      lineOf({ kind: "report", report: reported({ because: evil }, { id, stream: { ...STREAM, stream: evil } }) }),
      lineOf({ kind: "order", order: order({ reason: evil, error: evil, stream: { ...STREAM, app: evil } }) }),
      lineOf({
        kind: "report",
        report: reported({ verdict: { verdict: "approved", by: evil, at: AT, reason: evil } }),
      }),
      lineOf({ kind: "change", change: { source: evil, frozen: true, changedAt: AT, changedBy: evil, reason: evil } }),
      printed(activityOfLog(logged({ event: "report.refused", source: evil, error: "ERR", message: evil }))),
      printed(activityOfLog(logged({ event: "message.handled", key: evil, outcome: "review", repeated: true }))),
    ]);
    for (const line of lines) {
      expect(line).toContain("\\u{1b}[2J\\u{202e}gpj\\u{a}");
      expect(line?.slice(0, -1)).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      expect(line?.length).toBeLessThan(300);
    }
  });

  it("of an audit", () => {
    const snapshots = [{ domain: "a", object: "a", count: 2, complete: true, because: "two-passes-agree" as const }];
    const drift = { missing: 0, foreign: 3, expiring: 0, "other-resume-time": 0, orphan: 0 };
    const findings = { object: "f", disabled: 0, enabled: 0, changed: 0, drift, unasked: 0 };
    const summary = { written: true, number: 4, snapshots, findings, lacks: [] } as unknown as Parameters<
      typeof auditText
    >[0];
    expect(auditText(summary)).toEqual({
      parts: ["entry 4 of the chain", "2 disabled", "drift: 3 foreign"],
      ...{ outcome: "complete", tone: "good" },
    });
    expect(auditText({ ...summary, lacks: [{ part: "page", error: "ERR_ARCHIVE" }] }).outcome).toBe("incomplete");
  });

  it.each<[Record<string, unknown>, string | undefined]>([
    [{ event: "report.refused", source: "standard", error: "ERR_SIGNATURE", message: "no" }, "refused"],
    [{ event: "message.handled", key: "standard#1", outcome: "review", repeated: true }, undefined],
    [{ event: "message.returned", error: "ERR_BUSY", delaySeconds: 4 }, "again in 4 s"],
    [{ event: "message.dead", error: "ERR_LIVE_REJECTED" }, "dead-lettered"],
  ])("of the log's %j", (message, outcome) => {
    expect(activityOfLog(logged(message))).toMatchObject({ at: AT, ...(outcome !== undefined && { outcome }) });
  });

  it.each([{ event: "message.handled", key: "standard#1", outcome: "accepted" }, { event: "report.accepted" }, "text"])(
    "of the log's %j is told by the ledger, or by nothing",
    (message) => {
      expect(activityOfLog(logged(message))).toBeUndefined();
      expect(activityOfLog({ record: undefined })).toBeUndefined();
    },
  );
});

const logged = (message: unknown) => ({ record: { timestamp: AT, message } });

it("reads log events that the functions do write", () => {
  const root = join(import.meta.dirname, "../../..");
  const written = globSync("{functions,lib}/**/*.ts", { cwd: root }).map((file) =>
    readFileSync(join(root, file), "utf8"),
  );
  for (const event of ["report.refused", "message.handled", "message.returned", "message.dead"]) {
    expect(activityOfLog(logged({ event, key: "standard#1", repeated: true }))).toBeDefined();
    expect(written.some((source) => new RegExp(`log(Info|Warn|Error)\\("${event}", `).test(source))).toBe(true);
  }
});

it("tells each thing once, when it has ended, and nothing of before", async () => {
  let now = new Date(AT);
  const later = (ms: number) => (now = new Date(now.getTime() + ms));
  const ledger = createLedger(table.current.dynamo, TABLE, { now: () => now });
  const open = (id: string): ReportRecord => {
    const { outcome: _outcome, closedAt: _closedAt, ...record } = reported({}, { id });
    return record;
  };
  const close = (id: string) =>
    ledger.closeReport(`standard#${id}`, { outcome: "accepted", closedAt: now.toISOString() });
  const keys = async () => (await read(now)).map(({ parts }) => parts[0]);

  await ledger.recordDecision(open("old"));
  await close("old");
  later(1);
  const read = createActivityReader(table.current.dynamo, TABLE, now);
  await ledger.recordDecision(open("first"));
  expect(await keys()).toEqual([]);
  await close("first");
  await ledger.recordDecision(reported({}, { id: "second" }));
  expect((await keys()).sort()).toEqual(["standard#first", "standard#second"]);
  later(4_000);
  expect(await keys()).toEqual([]);
  await ledger.recordDecision(reported({}, { id: "third" }));
  later(4_000);
  expect(await keys()).toEqual(["standard#third"]);
  later(60_000);
  expect(await keys()).toEqual([]);
});
