/** A small day on which everything held, as `--out` would leave it. A test changes one record of it. */
import type { Item, Material } from "../../../../local/exercises/gameday/inputs.ts";
import { secretsOf } from "../../../../local/exercises/gameday/secrets.ts";

export const SEED = 7;
const { newPair, auditPair } = secretsOf(SEED);

/** Milliseconds into the day. */
export const at = (ms: number): string => new Date(Date.parse("2026-11-21T22:00:00.000Z") + ms).toISOString();

const room = (stream: string) => ({ domain: "publish.example.huawei.com", app: "live", stream });
const stream = room("room-1");
const RESUME = "2026-11-28T22:00:01Z";
const streamPk = "STREAM#1";

const call = (seq: number, ms: number, rest: object): Material["live-calls"][number] => ({
  ...{ seq, time: at(ms), user: "worker", ak: newPair.ak, method: "POST", path: "stream/block-once", stream },
  ...{ status: 204, error_code: null, requestId: `request-${seq}`, committed: true },
  ...rest,
});

const report = (id: string, decision: object, rest: object): Item => ({
  ...{ pk: `REPORT#standard#${id}`, sk: "REPORT", key: `standard#${id}`, decidedAt: at(1_000), mode: "enforce" },
  report: { source: "standard", id, receivedAt: at(500), stream, category: "nudity" },
  decision,
  ...rest,
});

const order = (number: number, rest: object): Item => ({
  ...{ pk: streamPk, sk: `ORDER#000000000${number}`, number, stream, placedAt: at(1_100) },
  ...rest,
});

const posted = (seq: number, id: string, rest: object = {}): Material["sent"][number] => ({
  ...{ kind: "report", seq, at: at(400), id, copy: "posted", signedWith: "newSource" },
  ...{ signature: `v1,${"A".repeat(42)}${seq}=`, stream, body: JSON.stringify({ occurredAt: at(0) }) },
  ...rest,
});

/** A pause, a disable that had to be tried twice, and an operator who took it back. */
export const goodDay = (): Material => ({
  day: [
    {
      ...{ seed: SEED, reports: 3, sabotage: null, startedAt: at(0), endedAt: at(60_000), drained: true, share: 0.8 },
      quotas: { blockOnce: 10, writeBlocks: 10, readBlocks: 10, online: 10 },
      users: { [newPair.ak]: "worker", [auditPair.ak]: "audit" },
    },
  ],
  sent: [
    posted(1, "msg_pause"),
    posted(2, "msg_disable"),
    posted(3, "msg_forged", { signedWith: "foreignSource" }),
    { kind: "order", seq: 4, at: at(5_000), event: { action: "enable" } },
  ],
  answers: [
    { seq: 1, at: at(500), status: 202, text: "" },
    { seq: 2, at: at(500), status: 202, text: "" },
    { seq: 3, at: at(500), status: 401, text: "" },
    { seq: 4, at: at(9_000), status: 200, text: "" },
  ],
  "live-calls": [
    call(1, 1_300, {}),
    call(2, 2_300, { path: "stream/blocks", status: null, fault: "dropped:1" }),
    call(3, 3_300, { path: "stream/blocks" }),
    call(4, 3_400, { method: "GET", path: "stream/blocks", status: 200, committed: false }),
    call(5, 6_300, { method: "DELETE", path: "stream/blocks" }),
  ],
  "live-disabled": [],
  ledger: [
    report("msg_pause", { action: "pause" }, { outcome: "accepted", orderNumber: 1 }),
    report("msg_disable", { action: "disable", resumeTime: RESUME }, { outcome: "verified", orderNumber: 2 }),
    order(1, {
      ...{ action: "pause", outcome: "accepted", endedAt: at(1_400) },
      authority: { kind: "rule", cause: "standard#msg_pause" },
      attempts: [{ at: at(1_200), result: "sent" }],
    }),
    order(2, {
      ...{ action: "disable", resumeTime: RESUME, outcome: "verified", endedAt: at(3_500) },
      authority: { kind: "rule", cause: "standard#msg_disable" },
      attempts: [
        { at: at(2_200), result: "unknown", error: "ERR_LIVE_UNKNOWN" },
        { at: at(3_200), result: "sent" },
      ],
    }),
    order(3, {
      ...{ action: "enable", outcome: "verified", endedAt: at(6_500) },
      authority: { kind: "operator", cause: "operator#op-1#0" },
      attempts: [{ at: at(6_200), result: "sent" }],
    }),
    { pk: "OPERATOR#op-1", sk: "ORDER#000000", orderId: "op-1", index: 0, stream, requestedAt: at(5_000) },
  ],
  ...{ "dead-letters": [], queues: [], happened: [], alerts: [], logs: [], snapshots: [] },
});

/** The day with some of its records replaced. */
export const doctored = <Name extends keyof Material>(
  name: Name,
  change: (records: Material[Name][number][]) => readonly Material[Name][number][],
): Material => {
  const day = goodDay();
  return { ...day, [name]: change([...day[name]]) };
};

/** One item of the ledger changed: the report of that id, or the order of that number. */
export const withItem = (which: string | number, change: object): Material =>
  doctored("ledger", (items) =>
    items.map((item) =>
      item.pk === `REPORT#standard#${which}` || (item.pk === streamPk && item.number === which)
        ? { ...item, ...change }
        : item,
    ),
  );

export { call, posted };
