import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import type { AuditFinding } from "../../lib/archive/findings.ts";
import type { LedgerEvent } from "../../lib/archive/line-schemas.ts";
import type { SnapshotEntry, StoredObject } from "../../lib/archive/manifest.ts";
import { packLines } from "../../lib/archive/ndjson.ts";
import { eventsName, findingsName, snapshotName } from "../../lib/archive/object-names.ts";
import { type AuditDraft, appendToChain } from "../../lib/audit/chain/append-entry.ts";
import { sha256Hex } from "../../lib/core/sha256.ts";
import type { Stream } from "../../lib/core/stream.ts";
import type { ReportRecord } from "../../lib/decisions/report-record.ts";
import type { Order } from "../../lib/orders/order.ts";
import { type Applied, type Approval, planSha256, writePlanText } from "../../lib/plans/plan.ts";
import type { ApprovalReason } from "../../lib/safeguards/two-person-rule.ts";
import { createChainWorld, keysOf } from "../support/chain.ts";
import { weaponsReport } from "../support/fixtures.ts";
import { HOSTILE_TEXTS } from "../support/hostile-names.ts";

const DOMAIN = "push.example.com";
const FIRST_POLICY = "a".repeat(64);
const SECOND_POLICY = "b".repeat(64);
const stream = (name: string): Stream => ({ domain: DOMAIN, app: "live", stream: name });

const text = readFileSync(join(import.meta.dirname, "../../docs/queries.md"), "utf8");
const blocks = [...text.matchAll(/```sql ?(\w*)\n(.*?)```/gs)].map(([, kind = "", sql = ""]) => ({ kind, sql }));
const setUp = (kind: string) => blocks.filter((block) => block.kind === kind).map(({ sql }) => sql);

/** By the heading above it. */
const queries = new Map(
  [...text.matchAll(/^### (.+?)\n(?:(?!^#).)*?```sql\n(.*?)```/gms)].map(([, title = "", sql = ""]) => [title, sql]),
);

/** An order by a rule that was carried out in five seconds. */
function byRule(name: string, placedAt: string, change: Partial<Order> = {}): Order {
  const endedAt = new Date(Date.parse(placedAt) + 5_000).toISOString();
  const resumeTime = new Date(Date.parse(placedAt) + 7 * 86_400_000).toISOString();
  return {
    ...{ stream: stream(name), number: 1, action: "disable", resumeTime, reason: "csam", placedAt, endedAt },
    ...{ outcome: "verified", attempts: [{ at: placedAt, result: "sent" }] },
    authority: { kind: "rule", cause: `hive#${name}`, source: "hive", rule: "severe", policy: FIRST_POLICY },
    ...change,
  };
}
const operator = (
  orderId: string,
  requestedBy: string,
  approves?: string,
  approvedBy?: string,
): Order["authority"] => ({
  ...{ kind: "operator", cause: `${orderId}#0`, orderId, requestedBy, overridesRulesUntil: "2026-03-15T00:00:00.000Z" },
  ...(approves !== undefined && { approves }),
  ...(approvedBy !== undefined && { approvedBy }),
});
function decided(name: string, receivedAt: string, change: Partial<ReportRecord> = {}): ReportRecord {
  const report = weaponsReport({ source: "hive", id: name, stream: stream(name), receivedAt, category: "csam" });
  return {
    ...{ key: `hive#${name}`, report, decidedAt: receivedAt, mode: "enforce", policy: FIRST_POLICY, grade: "A" },
    decision: { action: "disable", because: "rule", rule: "severe", resumeTime: "2026-03-20T00:00:00.000Z" },
    facts: { workedAt: receivedAt, orders: [] },
    ...{ outcome: "verified", orderNumber: 1, closedAt: receivedAt },
    ...change,
  };
}

const { outcome: _open, endedAt: _never, ...underWay } = byRule("room-1", "2026-03-13T10:00:00.000Z");
const held = decided("room-2", "2026-03-13T10:30:00.000Z", { outcome: "held", because: "limit-total" });
const { orderNumber: _none, ...heldReport } = held;
const waiting = { ...heldReport, openedAt: "2026-03-13T10:30:00.000Z", dueAt: "2026-03-13T10:59:00.000Z" };
const approved: ReportRecord = {
  ...waiting,
  verdict: {
    ...{ verdict: "approved", by: "ana", at: "2026-03-13T11:00:00.000Z", reason: "seen it" },
    ...{ orderId: "op-1", action: "disable", resumeTime: "2026-03-20T11:00:00.000Z" },
  },
};

/** Two plans: one that ben said yes to, one that nobody had to. */
const planned = (orderId: string, needsApproval: ApprovalReason[]) =>
  writePlanText(
    {
      ...{ orderId, action: "pause", reason: "by the police", requestedBy: "ana", policy: SECOND_POLICY },
      ...{ plannedAt: "2026-03-14T10:00:00.000Z", expiresAt: "2026-03-14T10:10:00.000Z" },
      ...{ overrideProtected: true, needsApproval },
    },
    [stream("room-7")],
  );
const [overriding, alone] = [planned("op-3", ["protected-stream"]), planned("op-4", [])];
const approval: Approval = {
  ...{ approvedBy: "ben", approvedAt: "2026-03-14T10:01:00.000Z", reason: "seen it" },
  planSha256: planSha256(overriding),
};
const appliedPlan: Applied = {
  ...{ appliedBy: "ana", appliedAt: "2026-03-14T10:02:00.000Z", reason: "by the police", approvedBy: "ben" },
  ...{ planSha256: planSha256(overriding), overridesRulesUntil: "2026-03-15T10:02:00.000Z" },
};
const HOSTILE = HOSTILE_TEXTS.map(({ name }) => name);

/** What changed in the ledger, by the slot that exported it. */
const EVENTS: Record<string, LedgerEvent[]> = {
  "2026-03-13T11:00:00.000Z": [
    { kind: "order", at: "2026-03-13T10:00:00.000Z", order: { ...underWay, attempts: [] } },
    { kind: "report", at: "2026-03-13T10:00:06.000Z", report: decided("room-1", "2026-03-13T09:59:58.000Z") },
    { kind: "report", at: "2026-03-13T10:30:00.000Z", report: { ...waiting, review: "open" } },
    {
      ...{ kind: "change", at: "2026-03-13T09:00:00.000Z" },
      change: {
        ...{ kind: "mode", mode: "enforce" },
        changedAt: "2026-03-13T09:00:00.000Z",
        changedBy: "ana",
        reason: "go",
      },
    },
  ],
  "2026-03-13T12:00:00.000Z": [
    { kind: "order", at: "2026-03-13T10:00:05.000Z", order: byRule("room-1", "2026-03-13T10:00:00.000Z") },
    { kind: "report", at: "2026-03-13T11:00:00.000Z", report: approved },
    {
      ...{ kind: "order", at: "2026-03-13T11:00:05.000Z" },
      order: byRule("room-2", "2026-03-13T11:00:00.000Z", {
        authority: operator("op-1", "ana", "hive#room-2"),
        reason: "seen it",
      }),
    },
  ],
  "2026-03-14T12:00:00.000Z": [
    {
      ...{ kind: "order", at: "2026-03-14T09:30:05.000Z" },
      order: enabled("room-2", "2026-03-14T09:30:00.000Z"),
    },
    {
      ...{ kind: "order", at: "2026-03-14T08:00:05.000Z" },
      order: byRule("room-3", "2026-03-14T08:00:00.000Z", {
        ...{ action: "pause", outcome: "accepted", reason: "weapons" },
        authority: { kind: "rule", cause: "own#m-3", source: "own", rule: "harmful", policy: SECOND_POLICY },
      }),
    },
    {
      kind: "order",
      at: "2026-03-14T08:30:05.000Z",
      order: byRule("room-6", "2026-03-14T08:30:00.000Z", { outcome: "failed" }),
    },
    { kind: "plan", at: "2026-03-14T10:00:00.000Z", plan: { orderId: "op-3", head: overriding.head } },
    { kind: "plan-state", at: "2026-03-14T10:01:00.000Z", planState: { orderId: "op-3", approval } },
    {
      ...{ kind: "plan-state", at: "2026-03-14T10:02:00.000Z" },
      planState: { orderId: "op-3", approval, applied: appliedPlan },
    },
    {
      ...{ kind: "order", at: "2026-03-14T10:02:05.000Z" },
      order: byRule("room-7", "2026-03-14T10:02:00.000Z", {
        ...{ action: "pause", outcome: "superseded", reason: "by the police" },
        authority: operator("op-3", "ana", undefined, "ben"),
      }),
    },
    { kind: "plan", at: "2026-03-14T10:00:00.000Z", plan: { orderId: "op-4", head: alone.head } },
    {
      ...{ kind: "plan-state", at: "2026-03-14T10:02:00.000Z" },
      planState: { orderId: "op-4", applied: appliedPlan },
    },
    ...HOSTILE.map((name): LedgerEvent => {
      const authority = { kind: "rule", cause: "x", source: name, rule: "severe", policy: SECOND_POLICY } as const;
      const order = byRule(name, "2026-03-14T11:00:00.000Z", { authority, reason: name });
      return { kind: "order", at: "2026-03-14T11:00:05.000Z", order };
    }),
    {
      ...{ kind: "report", at: "2026-03-14T08:00:05.000Z" },
      report: decided("m-3", "2026-03-14T07:59:50.000Z", {
        ...{ key: "own#m-3", grade: "C", outcome: "accepted" },
        overturns: [
          { because: "policy", by: "ben", at: "2026-03-14T07:59:58.000Z", reason: "a toy" },
          { because: "false-positive", by: "ben", at: "2026-03-14T08:00:04.000Z", reason: "not even a toy" },
        ],
        report: weaponsReport({
          source: "own",
          id: "m-3",
          stream: stream("room-3"),
          receivedAt: "2026-03-14T07:59:50.000Z",
        }),
      }),
    },
    {
      ...{ kind: "untranslated", at: "2026-03-14T11:30:00.000Z" },
      untranslated: {
        ...{ key: "own#m-9", decidedAt: "2026-03-14T11:20:00.000Z", outcome: "review", because: "untranslatable" },
        ...{ openedAt: "2026-03-14T11:20:00.000Z", dueAt: "2026-03-14T11:30:00.000Z" },
        untranslated: {
          ...{ source: "own", id: "m-9", receivedAt: "2026-03-14T11:20:00.000Z", bodySha256: "0".repeat(64) },
          issues: [{ pointer: "/", message: "is no object" }],
        },
        verdict: { verdict: "rejected", by: "ben", at: "2026-03-14T11:30:00.000Z", reason: "a test of theirs" },
      },
    },
    {
      ...{ kind: "change", at: "2026-03-14T09:00:00.000Z" },
      change: {
        ...{ kind: "freeze", source: "own", frozen: true },
        ...{ changedAt: "2026-03-14T09:00:00.000Z", changedBy: "ben", reason: "often wrong" },
      },
    },
  ],
};
function enabled(name: string, placedAt: string): Order {
  const { resumeTime: _none, ...order } = byRule(name, placedAt, { number: 2, action: "enable", reason: "a mistake" });
  return { ...order, authority: operator("op-2", "ben") };
}

/** Streams as listed, by the slot of the audit. */
const LISTS: Record<string, { readonly streams: readonly string[]; readonly complete: boolean }> = {
  "2026-03-13T11:00:00.000Z": { streams: ["room-1"], complete: true },
  "2026-03-13T12:00:00.000Z": { streams: ["room-1", "room-2"], complete: true },
  "2026-03-14T12:00:00.000Z": { streams: ["room-1", "room-4", "room-5", ...HOSTILE], complete: true },
  "2026-03-14T12:10:00.000Z": { streams: ["room-1"], complete: false },
};
const unexpected: AuditFinding = {
  ...{ kind: "unexpected", ...stream("room-4"), resumeTime: null },
  ...{ seenAt: "2026-03-14T12:00:01.000Z", askedAt: "2026-03-14T12:00:02.000Z" },
};
const FINDINGS: Record<string, AuditFinding[]> = {
  "2026-03-13T12:00:00.000Z": [{ kind: "disabled", ...stream("room-2"), resumeTime: "2026-03-20T11:00:00Z" }],
  "2026-03-14T12:00:00.000Z": [unexpected, { kind: "enabled", ...stream("room-2"), resumeTime: null, expired: false }],
  "2026-03-14T12:10:00.000Z": [unexpected],
};

interface Past {
  readonly lists: typeof LISTS;
  readonly events: typeof EVENTS;
  readonly found: typeof FINDINGS;
}

/** The audits of these slots, each stored and linked as the audit does it; the hours between them are missed. */
async function writeArchive({ lists, events: changes, found }: Past): Promise<Map<string, Uint8Array>> {
  const { objects, deps } = createChainWorld();
  async function store(object: string, lines: readonly unknown[]): Promise<StoredObject & { count: number }> {
    const { bytes, count } = await packLines(lines);
    objects.set(object, bytes);
    return { object, sha256: sha256Hex(bytes), bytes: bytes.length, count };
  }
  let from = "2026-03-13T00:00:00.000Z";
  for (const [slot, { streams, complete }] of Object.entries(lists)) {
    const at = new Date(slot);
    const seenAt = new Date(at.getTime() + 1_000).toISOString();
    const rows = streams.map((name) => ({ ...stream(name), resumeTime: "2026-03-20T10:00:00Z", seenAt }));
    const snapshot: SnapshotEntry = {
      ...(await store(snapshotName(DOMAIN, at), rows)),
      ...{ domain: DOMAIN, complete, because: complete ? "two-passes-agree" : "passes-differ" },
      ...{ passes: [], startedAt: slot, endedAt: seenAt },
    };
    const events = await store(eventsName(at), changes[slot] ?? []);
    const until = new Date(at.getTime() - 5 * 60_000).toISOString();
    const { count: _count, ...findings } = await store(findingsName(at), found[slot] ?? []);
    const draft: AuditDraft = {
      ...{ kind: "audit", slot, scheduled: complete, policy: FIRST_POLICY, build: "c".repeat(64) },
      ...{ snapshots: [snapshot], events: { ...events, from, until } },
      findings: { ...findings, disabled: 0, enabled: 0, changed: 0 },
    };
    from = until;
    await appendToChain(draft, deps(keysOf(1)));
  }
  return objects;
}

let folder: string;
let duckdb: DuckDBConnection;

/** Rows as objects; numbers of 64 bits and decimals as text. */
const run = async (sql: string) => (await duckdb.runAndReadAll(sql)).getRowObjectsJson();

async function writeInto(place: string, past: Past): Promise<void> {
  for (const [name, bytes] of await writeArchive(past)) {
    mkdirSync(join(place, dirname(name)), { recursive: true });
    writeFileSync(join(place, name), bytes);
  }
}

beforeAll(async () => {
  jest.spyOn(console, "info").mockImplementation(() => {}); // each link is logged
  folder = mkdtempSync(join(tmpdir(), "queries-"));
  await writeInto(folder, { lists: LISTS, events: EVENTS, found: FINDINGS });
  duckdb = await (await DuckDBInstance.create(":memory:")).connect();
  await duckdb.run(`SET file_search_path = '${folder}'`);
  await duckdb.run("SET TimeZone = 'Asia/Tokyo'"); // whoever asks may be anywhere
  for (const sql of [...setUp("duckdb"), ...setUp("views")]) await duckdb.run(sql);
});
afterAll(() => {
  jest.restoreAllMocks();
  duckdb?.closeSync();
  rmSync(folder, { recursive: true, force: true });
});

const live = (name: string) => ({ domain: DOMAIN, app: "live", stream: name });
/** Listed, and not ordered by us in any of the files; an audit proved it of one of them. */
const UNORDERED = new Map([
  ["room-4", "not by offair"],
  ["room-5", "too recent to attribute: ledger known until 2026-03-14T12:05:00.000Z"],
]);
const EXPECTED: Record<string, readonly object[]> = {
  "What was off at a moment, why, and on whose authority": [
    ...["room-1", "room-4", "room-5", ...HOSTILE].sort(byBytes).map((name) => ({
      ...live(name),
      until: "2026-03-20 10:00:00",
      ...(UNORDERED.has(name)
        ? { ordered_at: null, reason: null, by_whom: UNORDERED.get(name), policy: null, source: null }
        : name === "room-1"
          ? {
              ...{ ordered_at: "2026-03-13 10:00:05", reason: "csam", by_whom: "rule severe" },
              policy: FIRST_POLICY,
              source: "hive",
            }
          : {
              ...{ ordered_at: "2026-03-14 11:00:05", reason: name, by_whom: "rule severe" },
              policy: SECOND_POLICY,
              source: name,
            }),
    })),
  ],
  "Hours without proof": [
    ...Array.from({ length: 23 }, (_, index) => ({
      slot: new Date(Date.UTC(2026, 2, 13, 13 + index)).toISOString().slice(0, 19).replace("T", " "),
      ...{ domain: null, what: "no audit ran" },
    })),
    { slot: "2026-03-14 12:10:00", domain: DOMAIN, what: "passes-differ" },
  ],
  "What was off without an order of offair": [
    { ...live("room-4"), first_day: "2026-03-14", last_day: "2026-03-14", audits: "2" },
  ],
  "Where ledger and Live disagreed": [{ dt: "2026-03-14", kind: "unexpected", findings: "2", streams: "1" }],
  "Time off per stream": [
    ...["room-1", ...HOSTILE].sort(byBytes).map((name) => ({ ...live(name), times: "1", seconds_off: "604795" })),
    { ...live("room-2"), times: "1", seconds_off: "81000" },
  ],
  "Disabled by rule and version of the policy": [
    ...[
      { policy: FIRST_POLICY, source: "hive", at: "2026-03-13 10:00:00" },
      ...[...HOSTILE].sort(byBytes).map((source) => ({ policy: SECOND_POLICY, source, at: "2026-03-14 11:00:00" })),
    ].map(({ at, ...by }) => ({ rule: "severe", ...by, disabled: "1", first_at: at, last_at: at })),
  ],
  "What people approved and rejected": [
    {
      ...{ verdict_at: "2026-03-13T11:00:00.000Z", verdict: "approved", verdict_by: "ana", report_key: "hive#room-2" },
      ...{ verdict_reason: "seen it", action: "disable", outcome: "verified" },
    },
    {
      ...{ verdict_at: "2026-03-14T11:30:00.000Z", verdict: "rejected", verdict_by: "ben", report_key: "own#m-9" },
      ...{ verdict_reason: "a test of theirs", action: null, outcome: null },
    },
  ],
  "Review deadlines that were met and missed": [
    {
      ...{ source: "hive", in_time: "0", late: "1", missed_and_open: "0", not_yet_due: "0" },
      oldest_waits_since: null,
    },
    { source: "own", in_time: "1", late: "0", missed_and_open: "0", not_yet_due: "0", oldest_waits_since: null },
  ],
  "Plans that needed a second person": [
    {
      ...{ applied_at: "2026-03-14T10:02:00.000Z", order_id: "op-3", action: "pause", planned: 1, ordered: "1" },
      ...{ requested_by: "ana", applied_by: "ana", approved_by: "ben", break_glass: null, reason: "by the police" },
    },
  ],
  "Changes of the mode, and frozen sources": [
    {
      ...{ changed_at: "2026-03-13T09:00:00.000Z", changed_by: "ana", mode: "enforce" },
      ...{ source: null, frozen: null, reason: "go" },
    },
    {
      ...{ changed_at: "2026-03-14T09:00:00.000Z", changed_by: "ben", mode: null },
      ...{ source: "own", frozen: "true", reason: "often wrong" },
    },
  ],
  "Reports by source and assurance level, and how many of them acted": [
    { source: "hive", grade: "A", reports: "2", acted: "1", for_a_person: "1", only_observed: "0" },
    { source: "own", grade: "C", reports: "1", acted: "1", for_a_person: "0", only_observed: "0" },
  ],
  "How often each source was right": [
    { source: "hive", right_cases: "1", cases: "1", precision: 1, low: 0.207, high: 1 },
    { source: "own", right_cases: "0", cases: "1", precision: 0, low: 0, high: 0.793 },
  ],
  "Each source's share of what was turned off": shares(["hive", "operators", "own", ...HOSTILE].sort(byBytes)),
  "Time from the report until off the air": [
    { source: "hive", orders: "1", fastest_s: "7", slowest_s: "7" },
    { source: "own", orders: "1", fastest_s: "15", slowest_s: "15" },
  ],
};

/** The order of DuckDB and Athena, which is that of the bytes in UTF-8. */
function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
function shares(sources: readonly string[]): object[] {
  const percent = Math.round(1_000 / sources.length) / 10;
  return sources.map((source) => ({ asked_by: source, orders: "1", percent }));
}

describe("docs/queries.md, on DuckDB and files that the audit wrote:", () => {
  it.each([...queries])("%s", async (title, sql) => {
    expect(await run(sql)).toEqual(EXPECTED[title]);
  });

  it("no query is without an expected answer, and none is expected that is not there", () => {
    expect([...queries.keys()].sort()).toEqual(Object.keys(EXPECTED).sort());
    expect(blocks.filter(({ kind }) => kind === "")).toHaveLength(queries.size);
  });
});

it("the lists that the views know are those of the chain, each with its rows", async () => {
  const lists = await run(
    "SELECT l.object, l.complete, l.streams, count(r.object) AS rows FROM snapshot_lists l LEFT JOIN snapshot_rows r ON r.object = l.object GROUP BY ALL ORDER BY l.object",
  );
  expect(lists).toEqual(
    Object.entries(LISTS).map(([slot, { streams, complete }]) => ({
      ...{ object: snapshotName(DOMAIN, new Date(slot)), complete },
      ...{ streams: streams.length, rows: String(streams.length) },
    })),
  );
});

it("what was off at a moment after the list: the orders since then count, and those that were over before it do not", async () => {
  const order = (each: Order): LedgerEvent => ({ kind: "order", at: each.endedAt ?? each.placedAt, order: each });
  const monthAgo = (name: string) => order(byRule(name, "2026-02-14T10:00:00.000Z"));
  const enable = (name: string, placedAt: string, change: Partial<Order> = {}) =>
    order({ ...enabled(name, placedAt), ...change });
  const past: Past = {
    lists: {
      "2026-03-14T12:00:00.000Z": {
        streams: ["enabled", "enabled-later", "enabled-perhaps", "foreign", "longer", "off-again", "recent"],
        complete: true,
      },
      "2026-03-14T13:00:00.000Z": { streams: [], complete: true },
    },
    events: {
      "2026-03-14T12:00:00.000Z": [
        ...["enabled", "enabled-later", "enabled-perhaps", "longer", "off-again"].map((name) =>
          order(byRule(name, "2026-03-13T10:00:00.000Z")),
        ),
        ...["foreign", "recent"].map(monthAgo),
      ],
      "2026-03-14T13:00:00.000Z": [
        enable("enabled", "2026-03-14T12:20:00.000Z"),
        enable("enabled-later", "2026-03-14T12:40:00.000Z"),
        enable("enabled-perhaps", "2026-03-14T12:20:00.000Z", { outcome: "unknown" }),
        enable("off-again", "2026-03-14T12:10:00.000Z"),
        order(byRule("off-again", "2026-03-14T12:20:00.000Z", { number: 3, reason: "hate" })),
        order(byRule("longer", "2026-03-14T12:20:00.000Z", { number: 2, reason: "hate" })),
      ],
    },
    found: { "2026-03-14T12:00:00.000Z": [{ ...unexpected, ...stream("foreign") }] },
  };
  const place = mkdtempSync(join(tmpdir(), "queries-"));
  try {
    await writeInto(place, past);
    await duckdb.run(`SET file_search_path = '${place}'`);
    const rows = await run(queries.get("What was off at a moment, why, and on whose authority") ?? "");
    expect(rows.map(({ stream: name, until, reason, by_whom }) => [name, until, reason, by_whom])).toEqual([
      ["enabled-later", "2026-03-20 10:00:00", "csam", "rule severe"],
      ["enabled-perhaps", "2026-03-20 10:00:00", "csam", "rule severe"],
      ["foreign", "2026-03-20 10:00:00", null, "not by offair"],
      ["longer", "2026-03-21 12:20:00", "hate", "rule severe"],
      ["off-again", "2026-03-21 12:20:00", "hate", "rule severe"],
      ["recent", "2026-03-20 10:00:00", null, expect.stringMatching(/^too recent to attribute/)],
    ]);
  } finally {
    await duckdb.run(`SET file_search_path = '${folder}'`);
    rmSync(place, { recursive: true });
  }
});

it("what was missed is what has no verdict at the end of the exports, and the first verdict counts, with the due time that it had", async () => {
  const at = (time: string) => `2026-03-14T${time}:00.000Z`;
  const verdict = (time: string) => ({ verdict: "rejected", by: "ana", at: at(time), reason: "seen" }) as const;
  const held = (name: string, dueAt: string, change: Partial<ReportRecord> = {}): LedgerEvent => ({
    ...{ kind: "report", at: at("11:00") },
    report: { ...waiting, key: `hive#${name}`, openedAt: at("08:00"), dueAt: at(dueAt), review: "open", ...change },
  });
  const takenBack = { by: "ben", at: at("10:30"), reason: "look again" };
  const reopened = { ...verdict("10:01"), takenBack, dueAt: at("10:00") };
  const past: Past = {
    lists: { "2026-03-14T12:00:00.000Z": { streams: [], complete: true } },
    events: {
      "2026-03-14T12:00:00.000Z": [
        held("missed", "11:54", { openedAt: at("07:00") }),
        held("open", "11:55", { openedAt: at("06:30") }),
        held("late", "10:00", { verdict: verdict("10:01") }),
        held("taken-back", "10:00", {
          verdict: verdict("11:00"),
          earlierVerdicts: [{ ...verdict("10:00"), takenBack }],
        }),
        held("sample", "10:00", { sampled: 0.02, outcome: "verified" }),
        held("drawn-but-late", "10:00", { sampled: 0.02, verdict: verdict("10:01") }),
        held("opened-again", "20:00", { earlierVerdicts: [reopened] }),
      ],
    },
    found: {},
  };
  const place = mkdtempSync(join(tmpdir(), "queries-"));
  try {
    await writeInto(place, past);
    await duckdb.run(`SET file_search_path = '${place}'`);
    expect(await run(queries.get("Review deadlines that were met and missed") ?? "")).toEqual([
      {
        ...{ source: "hive", in_time: "1", late: "3", missed_and_open: "1", not_yet_due: "1" },
        oldest_waits_since: at("06:30"),
      },
    ]);
  } finally {
    await duckdb.run(`SET file_search_path = '${folder}'`);
    rmSync(place, { recursive: true });
  }
});

describe("the tables for Athena", () => {
  const athena = setUp("athena").join("");
  const duck = setUp("duckdb").join("");

  it("give the views the same columns as those for DuckDB", () => {
    const columns = (sql: string) =>
      [...sql.matchAll(/VIEW (\w+_lines) AS\s+SELECT (.+?)\s+FROM/gs)].map(([, name, selected = ""]) => [
        name,
        selected.split(/, (?=\w+$|domain|dt|regexp_extract)/).map((column) => column.split(" AS ").at(-1)),
        /regexp_extract\([^,]+, '([^']+)'\)/.exec(selected)?.[1],
      ]);
    expect(columns(athena)).toEqual(columns(duck));
    expect(columns(athena)).toHaveLength(4);
  });

  it("compute the partitions that the audit's objects are in", () => {
    const templates = [...athena.matchAll(/'storage.location.template' = 's3:\/\/ARCHIVE\/([^']+)'/g)];
    const at = new Date("2026-03-14T12:00:00Z");
    const folders = templates.map(([, template = ""]) =>
      template.replace("${" + "domain}", DOMAIN).replace("${" + "dt}", "2026-03-14"),
    );
    const objects = [snapshotName(DOMAIN, at), eventsName(at), findingsName(at)];
    expect(folders).toEqual(objects.map((object) => object.replace("120000Z.ndjson.gz", "")));
  });
});
