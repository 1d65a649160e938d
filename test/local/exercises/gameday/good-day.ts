/** A small day on which everything held, as `--out` would leave it. A test changes one record of it. */
import type { Call, Evidence, EvidenceRecords, Item, Post } from "../../../../local/exercises/evidence.ts";
import type { Day } from "../../../../local/exercises/gameday/run.ts";
import { secretsOf } from "../../../../local/exercises/gameday/secrets.ts";
import { call as anyCall, NO_RECORDS, orderItem, post, reportItem, room } from "../evidence.ts";

export const SEED = 7;
const { newPair, pairOf } = secretsOf(SEED);

/** Milliseconds into the day. */
export const at = (ms: number): string => new Date(Date.parse("2026-11-21T22:00:00.000Z") + ms).toISOString();

const stream = room("room-1");
export const RESUME = "2026-11-28T22:00:01Z";

export const call = (seq: number, ms: number, rest: Partial<Call>): Call =>
  anyCall(seq, "POST", stream, { time: at(ms), ak: newPair.ak, path: "stream/block-once", ...rest });

const report = (id: string, decision: object, rest: object): Item =>
  reportItem(id, stream, {
    ...{ decidedAt: at(1_000), report: { source: "standard", id, receivedAt: at(500), stream }, decision },
    ...rest,
  });

const order = (number: number, rest: object): Item => orderItem(number, stream, { placedAt: at(1_100), ...rest });

export const posted = (seq: number, id: string, rest: Partial<Post> = {}): Post =>
  post(id, stream, {
    ...{ at: at(400), answeredAt: at(500), signature: `v1,${"A".repeat(42)}${seq}=` },
    ...{ body: JSON.stringify({ occurredAt: at(0) }), ...rest },
  });

/** A pause, a disable that had to be tried twice, and an operator who enabled the stream again. */
export const goodDay = (): Evidence<Day> => ({
  ...NO_RECORDS,
  run: {
    ...{ seed: SEED, reports: 3, sabotage: null, startedAt: at(0), endedAt: at(60_000), drained: true, share: 0.8 },
    quotas: { blockOnce: 10, writeBlocks: 10, readBlocks: 10, online: 10 },
    ceilings: { blockOnce: 100, writeBlocks: 30, readBlocks: 20, online: 20 },
    users: { [newPair.ak]: "worker", [pairOf("audit").ak]: "audit" },
  },
  posts: [
    posted(1, "msg_pause"),
    posted(2, "msg_disable"),
    posted(3, "msg_forged", { signedWith: "foreignSource", status: 401 }),
  ],
  invocations: [{ at: at(5_000), event: { action: "enable" }, status: 200, text: "" }],
  calls: [
    call(1, 1_300, {}),
    call(2, 2_300, { path: "stream/blocks", status: null, fault: "dropped:1" }),
    call(3, 3_300, { path: "stream/blocks" }),
    call(4, 3_400, { method: "GET", path: "stream/blocks", status: 200, committed: false }),
    call(5, 6_300, { method: "DELETE", path: "stream/blocks" }),
  ],
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
});

/** The day with some of its records replaced. */
export const doctored = <Name extends keyof EvidenceRecords>(
  name: Name,
  change: (records: EvidenceRecords[Name]) => EvidenceRecords[Name],
): Evidence<Day> => {
  const day = goodDay();
  return { ...day, [name]: change(day[name]) };
};

/** One item of the ledger changed: the report of that id, or the order of that number. */
export const withItem = (which: string | number, change: object): Evidence<Day> =>
  doctored("ledger", (items) =>
    items.map((item) =>
      item.pk === `REPORT#standard#${which}` || (item.pk === `STREAM#${stream.stream}` && item.number === which)
        ? { ...item, ...change }
        : item,
    ),
  );
