/**
 * docs/storage.md equals the code. The real adapters write every kind of item and object; what is then in the table and in the bucket
 * is compared with the page, in both directions. Examples are typed `Required`, so that the type check fails where a type gets an
 * attribute that nothing here writes; functions that write and are not called here fail the test.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ScanCommand } from "@aws-sdk/lib-dynamodb";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { parse } from "yaml";
import { manifestSchema } from "../../lib/archive/manifest.ts";
import { createAdmissionStore } from "../../lib/aws/dynamodb/admission-store.ts";
import { createCanaryStore } from "../../lib/aws/dynamodb/canary.ts";
import { createChainHead, type StoredChainHead } from "../../lib/aws/dynamodb/chain-head.ts";
import { createClockStore } from "../../lib/aws/dynamodb/clock.ts";
import { exportEvents } from "../../lib/aws/dynamodb/export-events.ts";
import { createLedger } from "../../lib/aws/dynamodb/ledger.ts";
import { createLiveStreams } from "../../lib/aws/dynamodb/live-stream-count.ts";
import { createEventKeys } from "../../lib/aws/dynamodb/notify/event-keys.ts";
import { createWriteNotice } from "../../lib/aws/dynamodb/notify/notices.ts";
import { createNotifyStore } from "../../lib/aws/dynamodb/notify/notify-store.ts";
import { createReporterStore } from "../../lib/aws/dynamodb/reporters.ts";
import { createRequestStore } from "../../lib/aws/dynamodb/requests.ts";
import { createRotationStore } from "../../lib/aws/dynamodb/rotation-store.ts";
import { openTable, streamPk } from "../../lib/aws/dynamodb/table.ts";
import type { CanaryResult } from "../../lib/canary/canary-run.ts";
import type { Stream } from "../../lib/core/stream.ts";
import { DAY_MS, HOUR_MS, toSecondsUtc } from "../../lib/core/time.ts";
import type { ReportRecord, ReviewState, UntranslatedRecord } from "../../lib/decisions/report-record.ts";
import type { RequestRecord } from "../../lib/ledger/request-store.ts";
import type { Replay, SubscriberState } from "../../lib/notify/records.ts";
import type { NotifyStore } from "../../lib/notify/stores.ts";
import type { OperatorOrder } from "../../lib/orders/operator-order.ts";
import type { Order, OrderDraft, OrderEnd } from "../../lib/orders/order.ts";
import type { BatchResult } from "../../lib/plans/batch-result.ts";
import type { PlanState } from "../../lib/plans/plan.ts";
import type { RecentReport } from "../../lib/reports/recent-report.ts";
import type { RotationRecord } from "../../lib/rotation/rotation-record.ts";
import { type AuditWorld, DOMAIN, useAuditWorld } from "../support/audit-world.ts";
import { NOON, someStream, weaponsReport } from "../support/fixtures.ts";
import { TABLE, useTable } from "../support/table.ts";
import { fits, type Kind, kindsOf, listed } from "./storage-page.ts";

const AT = NOON.toISOString();
const traceId = "JKJaXmPLvHcESHA=";
const ORDER_ID = "op-01234567-89ab-4cde-8f01-23456789abcd";
const REQUEST_ID = ORDER_ID.slice(3);
const ADAPTERS = join(import.meta.dirname, "../../lib/aws/dynamodb");
type Item = Record<string, unknown>;

const change = { changedAt: AT, changedBy: "ana", reason: "go" };
const end: Required<OrderEnd> = {
  outcome: "failed",
  endedAt: AT,
  error: "ERR_LIVE_REJECTED",
  message: "refused",
  requestId: "9f2c",
};
const verdict: ReportRecord["verdict"] & object = {
  verdict: "approved",
  by: "ana",
  at: AT,
  reason: "seen",
  orderId: ORDER_ID,
  action: "pause",
};
const held: Required<ReviewState> = {
  ...{
    review: "open",
    openedAt: AT,
    dueAt: AT,
    urgent: true,
    alarms: { urgent: AT },
    heldBy: "ana",
    heldUntil: AT,
    verdict,
  },
  ...{ notes: [{ by: "ana", at: AT, text: "seen" }], secondOpinion: { by: "ana", at: AT, reason: "unsure" } },
  earlierVerdicts: [{ ...verdict, takenBack: { by: "ana", at: AT, reason: "a mistake" }, dueAt: AT }],
};
const report = weaponsReport();
const record: Required<ReportRecord> = {
  ...{ key: "standard#1", report, decision: { action: "pause", rule: "harmful", because: "rule" }, grade: "A" },
  ...{
    facts: { workedAt: AT, orders: [] },
    decidedAt: AT,
    traceId,
    mode: "enforce",
    policy: "hash",
    outcome: "review",
  },
  ...{ because: "limit-total", orderNumber: 1, closedAt: AT, sampled: 0.02, ...held },
  ...{
    appealed: {
      ...{ number: 1, action: "disable", reason: "INC-881", placedAt: AT, resumeTime: AT, report: "standard#1" },
      ...{ orderId: ORDER_ID, by: "ana", decidedBy: ["ana"] },
    },
  },
  overturns: [{ because: "policy", by: "ana", at: AT, reason: "a toy", appeal: "appeals#1", stream: someStream() }],
};
const untranslated: Required<UntranslatedRecord> = {
  key: "huawei-push#1",
  untranslated: { source: "huawei-push", id: "1", receivedAt: AT, bodySha256: "0".repeat(64), issues: [] },
  ...{ decidedAt: AT, traceId, outcome: "review", because: "untranslatable", ...held },
};
const draft: Required<OrderDraft> = {
  ...{ stream: someStream(), action: "disable", resumeTime: AT, reason: "INC-881", placedAt: AT, traceId },
  authority: { kind: "rule", cause: "standard#1", source: "standard", rule: "severe", policy: "hash" },
};
const waiting = { error: "APIGW.0308", message: "throttled", since: AT };
const order: Required<Order> = {
  ...{ ...draft, ...end, number: 1, attempts: [], sendingSince: AT, waiting },
  ...{ push: { startedAt: AT, isOver: true }, proof: { by: "callback", at: AT }, statisticsReadAt: AT },
};
const recentReport: Required<RecentReport> = {
  ...{ key: "standard#1", source: "standard", category: "weapons", receivedAt: AT, expiresAt: AT },
  reporterHash: "0".repeat(32),
};
const operatorOrder: Required<OperatorOrder> = {
  ...{ orderId: ORDER_ID, index: 0, stream: draft.stream, action: "disable", resumeTime: AT, reason: "INC-881" },
  ...{ requestedBy: "ana", requestedAt: AT, overridesRulesUntil: AT, approves: "standard#1", approvedBy: "bob" },
  ...{ overrideProtected: true, breakGlass: true, undoes: ORDER_ID, reverses: 1 },
};
const planned = { reason: "go", planSha256: "0".repeat(64) };
const planState: Required<PlanState> = {
  approval: { approvedBy: "bob", approvedAt: AT, ...planned },
  applied: { appliedBy: "ana", appliedAt: AT, overridesRulesUntil: AT, ...planned },
  cancelled: { cancelledBy: "ana", cancelledAt: AT, reason: "over" },
  undos: [{ askedBy: "ana", askedAt: AT, undoOrderId: ORDER_ID }],
  overturns: [{ because: "policy", by: "ana", at: AT, reason: "a toy" }],
};
const request: Required<RequestRecord> = {
  ...{ requestedBy: "ana", sha256: "0".repeat(64), startedAt: AT, holder: REQUEST_ID, heldUntil: AT },
};
const batchResult: Required<BatchResult> = { index: 0, orderNumber: 1, resumeTime: AT, ...end };
const head: Required<StoredChainHead> = { number: 1, sha256: "a".repeat(64), slot: AT, writtenAt: AT };

const rotationRecord: Required<RotationRecord> = {
  rotation: { token: "v2", startedAt: NOON, attemptAt: NOON, oldKey: "0".repeat(32), provenAt: NOON },
  ...{ keyCreatedAt: NOON, checkedAt: NOON, waiting: "the old key is in use" },
};

const canaryResult: Required<CanaryResult> = {
  ...{
    id: "canary_1",
    startedAt: AT,
    endedAt: AT,
    result: "broken",
    link: "key",
    message: "refused",
    tookMs: { queue: 1 },
  },
};

/** A store, and the names of its functions that were not called. */
function watch<T extends object>(store: T): { store: T; uncalled: Set<string> } {
  const uncalled = new Set(Object.keys(store));
  const get = (target: T, name: string | symbol) => {
    uncalled.delete(String(name));
    return Reflect.get(target, name);
  };
  return { store: new Proxy(store, { get }), uncalled };
}
const isRead = (name: string): boolean => /^(read|list|recent|open|ordersBy|orderPages|tail|after)/.test(name);

async function writeNotices(dynamo: Parameters<typeof createLedger>[0], now: () => Date): Promise<void> {
  const write = createWriteNotice(openTable(dynamo, TABLE, now));
  const counts = { missing: 1 };
  await write({ kind: "drift", slot: AT, foundAt: AT, entry: 1, counts, findings: "findings/x.ndjson.gz" });
  await write({ kind: "expiring", stream: draft.stream, orderNumber: 1, resumeTime: AT, foundAt: AT });
  const publicKey = `whpk_${"A".repeat(43)}=`;
  await createEventKeys(dynamo, TABLE).write([{ id: "0".repeat(16), publicKey, since: AT }]);
}

async function writeEvents(store: NotifyStore, stream: Stream): Promise<void> {
  const [orderingKey, subscriber] = ["type.key.blocked", "shop"];
  const event = { id: "e", type: "key.blocked", time: AT, orderingKey, subject: "a/b/c", data: {} } as const;
  await store.append([{ ...event, number: 1, loggedAt: AT }]);
  const tried = { number: 1, eventId: "e", type: "key.blocked", attempts: 1, since: AT, problem: "500" } as const;
  await store.lockDelivery(orderingKey, "bus", "a", NOON);
  await store.lockDelivery(orderingKey, subscriber, "a", NOON);
  const failing = { ...tried, lastAt: AT, nextAt: AT };
  const how = { holder: "a", before: 0, isLocked: true, dueAt: NOON };
  await store.writeDelivery({ orderingKey, subscriber, sent: 0, failing }, how);
  await store.lockDelivery(orderingKey, "bus", "b", NOON, true);
  const locked = await store.lockDelivery(orderingKey, "desk", "a", NOON);
  if (locked) await store.unlockDelivery(locked, "a", true);
  const state: Required<SubscriberState> = {
    ...{ name: subscriber, since: AT, ended: { at: AT, because: "gone", missedSince: AT }, lastDeliveredAt: AT },
    ...{ backOff: { failures: 3, since: AT, until: AT }, behind: { since: AT } },
    resumed: { at: AT, by: "ana", reason: "repaired" },
  };
  await store.replaceSubscriber(state, undefined);
  await store.addGivenUp({ ...tried, subscriber, orderingKey, at: AT });
  const replay: Replay = {
    ...{ id: "r", subscriber, since: AT, until: AT, by: "ana", askedAt: AT, reason: "lost" },
  };
  await store.addReplay(replay);
  await store.addReplay({ ...replay, id: "s" });
  await store.replaceReplay({ ...replay, doneUntil: AT, sent: 1, finishedAt: AT }, replay);
  const key = { pk: streamPk(stream), sk: "ORDER#0000000001" };
  const [item] = await store.readOutbox(key);
  if (item) await store.removeFromOutbox(item, ["e"]);
}

async function writeEverything(dynamo: Parameters<typeof createLedger>[0]): Promise<string[]> {
  const now = () => new Date(NOON.getTime() - HOUR_MS);
  const ledger = watch(createLedger(dynamo, TABLE, { now }));
  const gate = watch(createAdmissionStore(dynamo, TABLE, "worker", now));
  const live = watch(createLiveStreams(dynamo, TABLE));
  const chain = watch(createChainHead(dynamo, TABLE));
  const rotation = watch(createRotationStore(dynamo, TABLE, "worker"));
  const canary = watch(createCanaryStore(dynamo, TABLE));
  const clock = watch(createClockStore(dynamo, TABLE));
  const requests = watch(createRequestStore(dynamo, TABLE));
  const reporters = watch(createReporterStore(dynamo, TABLE));
  const notify = watch(createNotifyStore(dynamo, TABLE));
  const write = ledger.store;

  await write.recordDecision(record);
  await write.recordDecision({ ...record, key: "standard#2" });
  await write.noteAlarms(record, { urgent: AT });
  await write.closeReport("standard#2", { outcome: "review", closedAt: AT, openedAt: AT, dueAt: AT });
  for (const overturn of record.overturns) await write.addOverturn("standard#2", overturn);
  await write.takeAppeal(draft.stream, 1, "appeals#1");
  await write.linkReporter("standard#2", { reporterHash: "0".repeat(32), expiresAt: AT });
  await reporters.store.countReport({ key: "standard#2", source: "standard" }, { isRight: true, at: AT });
  await write.recordUntranslated(untranslated);
  await write.writeVerdict("standard#1", verdict, () => NOON);
  await write.changeCase("standard#1", ({ notes = [] }) => ({
    state: { notes: [...notes, { by: "ben", at: AT, text: "seen again" }] },
  }));
  await write.changeCase(untranslated.key, () => ({ state: { urgent: undefined } }));
  await write.changeCase(untranslated.key, () => ({ state: { urgent: true } }));
  await write.endReview("standard#2", "op-1");
  await write.addRecentReport(draft.stream, recentReport);
  await write.placeOrder({ ...draft, ...end });
  const { placed } = await write.placeOrder({ ...draft, authority: { ...draft.authority, cause: "standard#2" } });
  await write.lockStream(draft.stream, "worker-1", NOON);
  const begun = await write.beginAttempt(placed, AT);
  await write.endAttempt(begun, { at: AT, result: "unknown" });
  await write.endOrder(placed, end);
  const { placed: other } = await write.placeOrder({
    ...draft,
    authority: { ...draft.authority, cause: "standard#3" },
  });
  await write.beginAttempt(other, AT);
  await write.setWaiting(other, waiting);
  const unlocked = someStream();
  await write.lockStream(unlocked, "worker-1", NOON);
  await write.unlockStream(unlocked, "worker-1");
  const { placed: paused } = await write.placeOrder({
    ...draft,
    authority: { ...draft.authority, cause: "standard#4" },
  });
  await write.endOrder(paused, { outcome: "accepted", endedAt: AT });
  await write.beginStatistics(paused, AT);
  await write.cancelStatistics(paused);
  await write.beginStatistics(paused, AT);
  await write.updatePause(
    { ...paused, outcome: "accepted" },
    { outcome: "verified", push: order.push, proof: order.proof },
  );
  await write.changeOutcome("standard#2", "accepted", "verified");
  await write.writeOperatorOrders([operatorOrder]);
  await write.indexOrder({ orderId: ORDER_ID, madeAt: AT, requestedBy: "ana" });
  await write.writePlan(ORDER_ID, { head: "{}", parts: ["[]"] });
  await write.approvePlan(ORDER_ID, planState.approval);
  await write.applyPlan(ORDER_ID, planState.applied);
  await write.cancelPlan(ORDER_ID, planState.cancelled);
  for (const undo of planState.undos) await write.addUndo(ORDER_ID, undo);
  for (const overturn of planState.overturns) await write.addOrderOverturn(ORDER_ID, overturn);
  await write.writeBatchResult(ORDER_ID, batchResult);
  await write.changeBatchOutcome(ORDER_ID, 0, ["accepted"], "verified");
  await write.writeMode({ mode: "enforce", ...change });
  await write.writeFreeze("standard", true, change);
  await write.writeSample({ share: 0.02, salt: REQUEST_ID, ...change });
  await requests.store.beginRequest(REQUEST_ID, request);
  await requests.store.passRequest(REQUEST_ID, request.holder, request);
  await requests.store.answerRequest(REQUEST_ID, request, "{}");
  const taken = () => ({ taken: { slices: [{ startMs: 0, bySource: { standard: 1 } }] }, answer: undefined });
  await write.changeTaken(taken);
  await write.changeSoloUse("ana", taken);

  const slice = { quota: "block-once", sliceStart: NOON, expiresAt: NOON } as const;
  const environment = "environment";
  const loan = { environment, untilMs: NOON.getTime() + 5_000 };
  await gate.store.takeLease({ ...slice, urgent: false, upTo: 2, upToWithoutUrgent: 2, loan });
  await gate.store.takeLease({ ...slice, urgent: true, upTo: 2, upToWithoutUrgent: 2 });
  await gate.store.lendAhead({ ...slice, environment, sliceStart: new Date(NOON.getTime() + 5_000) });
  await gate.store.endLoans({ ...slice, environment, sliceStarts: [new Date(NOON.getTime() + 10_000)] });
  await gate.store.forfeitLeases({ ...slice, leases: 1 });
  await gate.store.blockSlices({ quota: "online", sliceStarts: [NOON], budget: 1 });
  const block = { sinceMs: NOON.getTime(), untilMs: NOON.getTime() + HOUR_MS };
  await gate.store.replaceKey("0123456789abcdef", "{}", "first", undefined, block);
  await writeNotices(dynamo, now);
  await writeEvents(notify.store, draft.stream);
  await live.store.write({ count: 3, countedAt: AT });
  await chain.store.write(head);
  await rotation.store.write(rotationRecord, undefined);
  const note = { startedAt: AT, endedAt: AT, outcome: "verified" };
  await write.noteCanary("canary_1", "disable", note);
  await write.noteCanary("canary_1", "enable", note);
  await canary.store.writeResult(canaryResult);
  await clock.store.writeSwept({ sweptAt: AT, open: 1, overdue: 0, oldestAt: AT });
  return [ledger, gate, live, chain, canary, clock, requests, rotation, reporters, notify]
    .flatMap(({ uncalled }) => [...uncalled])
    .filter((name) => !isRead(name));
}

/** Every kind of finding: two audits, with an hour between them that nobody audited. The second exports the ledger of above. */
async function auditEverything(world: AuditWorld, dynamo: Parameters<typeof exportEvents>[0]): Promise<void> {
  const named = (stream: string) => ({ domain: DOMAIN, app: "live", stream });
  const at = (ms: number): string => toSecondsUtc(new Date(NOON.getTime() + ms));
  const block = (stream: string, ms: number) => world.live.addDisabled([{ ...named(stream), resume_time: at(ms) }]);
  const { error: _error, sendingSince: _sendingSince, ...ended } = order;
  const ordered = (stream: string, given: Partial<Order> = {}): void => {
    const placed = { stream: named(stream), resumeTime: at(7 * DAY_MS), placedAt: at(-DAY_MS), endedAt: at(-DAY_MS) };
    world.ledger.push({ at: AT, order: { ...ended, ...placed, outcome: "verified", ...given } });
  };
  block("enabled", HOUR_MS);
  block("changed", DAY_MS);
  await world.audit(0);
  for (const stream of ["missing", "wrong-resume-time", "outlived"]) ordered(stream);
  ordered("outlived", { number: 2, action: "enable" });
  ordered("expiring", { resumeTime: at(4 * HOUR_MS) });
  block("expiring", 4 * HOUR_MS);
  block("wrong-resume-time", DAY_MS);
  block("outlived", 7 * DAY_MS);
  block("changed", 2 * DAY_MS);
  await world.audit(2, {
    canary: named("changed"),
    async *exportEvents({ until }) {
      yield* exportEvents(dynamo, TABLE, { from: new Date(NOON.getTime() - DAY_MS), until });
      for (const each of world.ledger) yield { kind: "order", ...each };
    },
  });
}

const table = useTable();
const world = useAuditWorld();
let uncalled: string[];
let items: Item[];
beforeAll(async () => {
  const { dynamo, documents } = table.current;
  uncalled = await writeEverything(dynamo);
  items = (await documents.send(new ScanCommand({ TableName: TABLE }))).Items ?? [];
});

const sorted = (names: Iterable<string>): string[] => [...new Set(names)].sort();
/** Of each kind, what is written as one. */
function byKind<T>(kinds: readonly Kind[], all: readonly T[], isOf: (kind: Kind, each: T) => boolean) {
  for (const each of all) expect([each, kinds.filter((kind) => isOf(kind, each)).length]).toEqual([each, 1]);
  return kinds.map((kind) => ({ kind, found: all.filter((each) => isOf(kind, each)) }));
}
/** Names of the page where they stand for what was found, and what was found that has none. */
const asOnPage = (names: readonly string[], found: Iterable<string>): string[] =>
  sorted([...found].map((each) => names.find((name) => fits(name, each)) ?? `${each} is not on the page`));

describe("items of the ledger", () => {
  const kinds = kindsOf("DynamoDB");
  const isOf = ({ cells }: Kind, { pk, sk }: Item): boolean =>
    fits(cells.pk ?? "", String(pk)) && fits(cells.sk ?? "", String(sk));

  it("are written by every function that writes", () => {
    expect(uncalled).toEqual([]);
  });

  it("are each of one kind of the page, and of every kind there are some", () => {
    for (const { kind, found } of byKind(kinds, items, isOf))
      expect([kind.title, found.length > 0]).toEqual([kind.title, true]);
  });

  it("have the attributes of the page, and no others", () => {
    for (const { kind, found } of byKind(kinds, items, isOf)) {
      const indexes = listed(kind.cells.Index);
      const keys = [
        ...["pk", "sk", ...(indexes.includes("byTime") ? ["hour", "at"] : [])],
        ...(indexes.includes("outbox") ? ["outbox", "outboxAt", "published"] : []),
      ];
      const names = found.flatMap((item) => Object.keys(item)).filter((name) => !keys.includes(name));
      expect([kind.title, asOnPage(kind.names, names)]).toEqual([kind.title, sorted(kind.names)]);
    }
  });

  it("hold everything that their types have", () => {
    const typed: [string, object][] = [
      ["Report", record],
      ["Untranslated message", untranslated],
      ["Order", order],
      ["Recent report", recentReport],
      ["Operator order", operatorOrder],
      ["Plan state", planState],
      ["Batch result", batchResult],
      ["Chain head", head],
      ["Key rotation", rotationRecord],
    ];
    for (const [title, example] of typed) {
      const names = kinds.find((kind) => kind.title === title)?.names ?? [];
      expect([title, Object.keys(example).filter((name) => !names.includes(name))]).toEqual([title, []]);
    }
  });

  it("are in the indexes of the page, and expire where it says so", () => {
    for (const { kind, found } of byKind(kinds, items, isOf)) {
      const have = (name: string): boolean => found.some((item) => name in item);
      const attributes = { byTime: "hour", inReview: "review", figures: "figuresOf", outbox: "outbox" };
      const indexes = Object.entries(attributes).flatMap(([index, attribute]) => (have(attribute) ? [index] : []));
      const lifetime = found.every((item) => "expiresAt" in item) ? "TTL" : "kept";
      expect([kind.title, indexes, lifetime]).toEqual([
        kind.title,
        listed(kind.cells.Index),
        kind.cells.Lifetime?.split(":")[0],
      ]);
    }
  });

  it("begin with the words of the adapters, so that a new one is missed", () => {
    const files = readdirSync(ADAPTERS, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
    const sources = files.map((file) => readFileSync(join(ADAPTERS, file), "utf8"));
    const words = sources.flatMap((text) =>
      [...text.matchAll(/["`#](?!ERR_|ALL_NEW|ALL_OLD)([A-Z][A-Z_]+)(?=["`#])/g)].map(([, word = ""]) => word),
    );
    const ofPage = kinds.flatMap(({ cells }) =>
      [cells.pk, cells.sk].map((key = "") => key.replaceAll(/\{[^}]+\}/g, "")),
    );
    expect(sorted(words)).toEqual(
      sorted(ofPage.flatMap((key) => key.split("#")).filter((word) => /^[A-Z]{2}/.test(word))),
    );
  });
});

describe("functions", () => {
  const kinds = kindsOf("DynamoDB");
  const roles = parse(readFileSync(join(ADAPTERS, "../../../resources/roles.yml"), "utf8"), { logLevel: "silent" });
  interface Statement {
    readonly Action: string | string[];
    readonly Resource: unknown;
    readonly Condition?: { readonly "ForAllValues:StringLike"?: { readonly "dynamodb:LeadingKeys": string[] } };
  }
  /** Partition keys that a role may do one of these to; undefined: all. */
  function keysFor(role: string, ...actions: string[]): string[] | undefined {
    const statements: Statement[] = roles.Resources[role].Properties.Policies[0].PolicyDocument.Statement;
    const granted = statements.filter(
      (each) => [each.Action].flat().some((action) => actions.includes(action)) && each.Resource === "Ledger.Arn",
    );
    const keys = granted.map((each) => each.Condition?.["ForAllValues:StringLike"]?.["dynamodb:LeadingKeys"]);
    return keys.includes(undefined) ? undefined : keys.flatMap((each) => each ?? []);
  }
  const wordOf = (key: string): string => /^[A-Z]+/.exec(key)?.[0] ?? key;
  const wordsOf = (column: string, who: string): string[] =>
    sorted(kinds.filter(({ cells }) => listed(cells[column]).includes(who)).map(({ cells }) => wordOf(cells.pk ?? "")));

  it.each([
    ["worker", "WorkerRole"],
    ["incident", "IncidentRole"],
    ["audit", "AuditRole"],
    ["rotate", "RotateRole"],
    ["canary", "CanaryRole"],
    ["clock", "ClockRole"],
    ["answer", "AnswerRole"],
  ])("%s writes what its role may write, and reads nothing that its role may not", (who, role) => {
    expect(wordsOf("Written by", who)).toEqual(
      sorted([...new Set((keysFor(role, "dynamodb:PutItem", "dynamodb:UpdateItem") ?? []).map(wordOf))]),
    );
    const readable = keysFor(role, "dynamodb:GetItem", "dynamodb:Query")?.map(wordOf);
    expect(wordsOf("Read by", who).filter((word) => readable && !readable.includes(word))).toEqual([]);
  });
});

it("objects of the archive are those of the page, with its fields and types", async () => {
  await auditEverything(world, table.current.dynamo);
  const kinds = kindsOf("S3");
  const names = world.storage.keys(world.bucket);
  const manifestFields = manifestSchema.options.flatMap(({ shape }) => Object.keys(shape));
  for (const { kind, found } of byKind(kinds, names, ({ cells }, name) => fits(cells.Name ?? "", name))) {
    const fields = found.flatMap((name) =>
      name.endsWith(".ndjson.gz") ? world.lines(name).flatMap((line) => Object.keys(line)) : [],
    );
    const isChain = found.every((name) => name.startsWith("manifests/"));
    expect([kind.title, asOnPage(kind.names, isChain ? manifestFields : fields)]).toEqual([
      kind.title,
      sorted(kind.names),
    ]);
    const [type, encoding = "–"] = await world.typeOf(found[0] ?? "");
    expect([kind.title, type, encoding]).toEqual([kind.title, kind.cells["Content-Type"], kind.cells.Encoding]);
  }
});
