/** An example of each event, derived from items of the ledger as real events are. */
import { toCloudEvent } from "../lib/events/cloud-event.ts";
import type { CloudEvent } from "../lib/events/cloud-event-schema.ts";
import { eventsOf } from "../lib/events/events-of.ts";
import type { LedgerItem } from "../lib/events/ledger-item.ts";
import type { EventType } from "../lib/events/types/event-types.ts";

type Item<Kind extends LedgerItem["kind"]> = Extract<LedgerItem, { kind: Kind }>;
type Report = Item<"report">["report"];
type Order = Item<"order">["order"];
type Authority = Order["authority"];

const at = (time: string): string => `2026-11-21T${time}.000Z`;
const stream = { domain: "push.example.com", app: "live", stream: "room-42" };
const policy = "9f2c4be07c1d7a5b0e1f6c8a3d4b2e9f8a7c6d5e4f3b2a190817263544332211";
const ALICE = "arn:aws:iam::111122223333:user/alice";
const BOB = "arn:aws:sts::111122223333:assumed-role/Moderators/bob";
const ORDER_ID = "op-2b1f0c2e-7a53-4f0e-9d1c-0d6d5a9b8c11";
const UNTIL = "2026-11-28T12:00:00Z";

const report: Report = {
  key: "hive#01HZX3",
  report: {
    ...{ source: "hive", id: "01HZX3", stream, category: "weapons", score: 0.94 },
    ...{ occurredAt: at("11:59:58"), receivedAt: at("12:00:00"), bodySha256: "0".repeat(64) },
  },
  decision: { action: "pause", because: "rule", rule: "harmful" },
  facts: { workedAt: at("12:00:01"), orders: [] },
  ...{ grade: "A", mode: "enforce", policy, decidedAt: at("12:00:01") },
};
const ended: Report = { ...report, outcome: "accepted", orderNumber: 1, closedAt: at("12:00:02") };

const byRule: Authority = { kind: "rule", cause: report.key, source: "hive", rule: "harmful", policy };
const pause: Order = {
  ...{ stream, number: 1, action: "pause", reason: "weapons 0.94 reported by hive", authority: byRule },
  ...{ placedAt: at("12:00:01"), attempts: [{ at: at("12:00:01"), result: "sent" }], outcome: "verified" },
  endedAt: at("12:00:02"),
  push: { startedAt: at("11:30:00"), isOver: true },
  proof: { by: "callback", at: at("12:00:04") },
};
const again: Order = {
  ...pause,
  ...{ number: 2, action: "disable", resumeTime: UNTIL, outcome: "verified", placedAt: at("12:01:00") },
  endedAt: at("12:01:01"),
  authority: { ...byRule, cause: "push#9c1e", republish: { after: 1, times: 2, startedAt: at("12:00:58") } },
};
const enable: Order = {
  ...{ stream, number: 3, action: "enable", reason: "appeal granted, INC-881", outcome: "verified" },
  ...{ placedAt: at("14:00:00"), endedAt: at("14:00:01"), attempts: [{ at: at("14:00:00"), result: "sent" }] },
  authority: {
    ...{ kind: "operator", cause: `operator#${ORDER_ID}#0`, orderId: ORDER_ID, requestedBy: ALICE },
    overridesRulesUntil: "2026-11-22T14:00:00.000Z",
  },
};

const held: Report = {
  ...report,
  ...{ key: "hive#01HZX9", outcome: "held", because: "limit-total", closedAt: at("12:00:01") },
  ...{ review: "open", openedAt: at("12:00:01"), dueAt: at("12:30:01"), alarms: { half: at("12:15:30") } },
  verdict: {
    ...{ verdict: "approved", by: BOB, at: at("12:20:00"), reason: "a rifle", orderId: ORDER_ID, action: "disable" },
    resumeTime: UNTIL,
  },
};

const plan: Item<"plan">["plan"] = {
  ...{ version: 1, orderId: ORDER_ID, action: "disable", resumeTime: UNTIL, reason: "raid, INC-881" },
  ...{ requestedBy: ALICE, plannedAt: at("13:00:00"), expiresAt: at("13:10:00"), policy, overrideProtected: false },
  ...{ needsApproval: ["limit-total"], count: 2, parts: [{ sha256: "0".repeat(64), count: 2 }] },
};
const applied = {
  ...{ appliedBy: ALICE, appliedAt: at("13:02:00"), reason: "go", planSha256: "0".repeat(64), approvedBy: BOB },
  overridesRulesUntil: "2026-11-22T13:02:00.000Z",
};

const ITEMS: readonly LedgerItem[] = [
  { kind: "order", order: pause, earlier: [], report },
  { kind: "order", order: again, earlier: [pause], report },
  { kind: "order", order: enable, earlier: [again, pause] },
  { kind: "report", report: ended },
  { kind: "report", report: held },
  { kind: "plan", plan },
  {
    ...{ kind: "plan-state", plan, state: { applied } },
    results: [
      { index: 0, outcome: "verified", endedAt: at("13:02:04"), orderNumber: 4 },
      { index: 1, outcome: "failed", endedAt: at("13:02:05"), orderNumber: 1 },
    ],
  },
  {
    kind: "change",
    change: {
      ...{
        kind: "freeze",
        source: "hive",
        frozen: true,
        changedAt: at("15:00:00"),
        changedBy: ALICE,
        reason: "key leaked",
      },
    },
  },
  { kind: "notice", notice: { kind: "expiring", stream, orderNumber: 2, resumeTime: UNTIL, foundAt: at("16:00:40") } },
  {
    kind: "notice",
    notice: {
      ...{ kind: "drift", slot: at("17:00:00"), foundAt: at("17:00:40"), entry: 412, counts: { missing: 2 } },
      findings: "findings/dt=2026-11-21/170000Z.ndjson.gz",
    },
  },
  { kind: "key", user: "worker", keyHash: "5e884898da28047151d0e56f8dc62927", since: at("18:00:00") },
];

/** The last event of the type that these items give. */
export function exampleOf(type: EventType): CloudEvent {
  const event = ITEMS.flatMap(eventsOf).findLast((each) => each.type === type);
  if (!event) throw new Error(`there is no example of ${type}`);
  return toCloudEvent({ ...event, number: 7, loggedAt: event.time }, { source: "/offair/prod" });
}
