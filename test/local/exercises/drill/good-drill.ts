/** A drill in which all went well, made up: three streams of a raid, two others. */
import type { Stream } from "../../../../lib/core/stream.ts";
import { OPERATORS } from "../../../../local/demo/world.ts";
import { AFTER_APPLY, AFTER_UNDO, type Drill } from "../../../../local/exercises/drill/run.ts";
import type { Command, Evidence, Item, LiveState } from "../../../../local/exercises/evidence.ts";
import { call, NO_RECORDS, orderItem, room } from "../evidence.ts";

export const RAID = ["raid-1", "raid-2", "raid-3"].map(room);
export const OTHERS = ["room-1", "room-2"].map(room);
const [alice, bob] = [OPERATORS.alice.arn, OPERATORS.bob.arn];

const typed = (who: string, args: string[], exit: number, stderr = "", tookMs = 6_000): Command => ({
  ...{ who, args, at: "2026-11-22T03:00:00Z", tookMs, exit, stdout: "", stderr },
});

export const liveState = (moment: string, isOff: boolean): LiveState => ({
  moment,
  disabled: isOff ? RAID.map((each) => ({ ...each, resume_time: null })) : [],
  encoders: [
    ...RAID.map((each) => ({ stream: each, online: !isOff, pushes: isOff ? 1 : 2 })),
    ...OTHERS.map((each) => ({ stream: each, online: true, pushes: 1 })),
  ],
});

/** A plan as the ledger holds it: its head, its state and its streams in parts. */
export function planItems(orderId: string, action: string, streams: readonly Stream[], state: object): Item[] {
  const pk = `OPERATOR#${orderId}`;
  return [
    { pk, sk: "PLAN", head: JSON.stringify({ orderId, action, requestedBy: alice }) },
    { pk, sk: "PART#0", text: JSON.stringify(streams) },
    { pk, sk: "STATE", ...state },
  ];
}

export const resultItem = (orderId: string, index: number, rest: object = {}): Item => ({
  ...{ pk: `BATCH#${orderId}`, sk: `RESULT#${index}`, orderId, index, outcome: "verified" },
  ...{ endedAt: "2026-11-22T03:01:10Z", ...rest },
});

export const operatorOrder = (
  number: number,
  stream: Stream,
  orderId: string,
  action: string,
  rest: object = {},
): Item =>
  orderItem(number, stream, {
    ...{ action, outcome: "verified" },
    authority: { kind: "operator", cause: `operator#${orderId}`, orderId, requestedBy: alice, approvedBy: bob },
    ...rest,
  });

const applied = { appliedAt: "2026-11-22T03:01:00Z", appliedBy: alice, approvedBy: bob };
const batch = (orderId: string, action: string, number: number): Item[] => [
  ...planItems(orderId, action, RAID, { applied }),
  ...RAID.map((_, index) => resultItem(orderId, index, { orderNumber: number })),
  ...RAID.map((each) => operatorOrder(number, each, orderId, action)),
];

export const wellDone = (): Evidence<Drill> => ({
  ...NO_RECORDS,
  run: {
    ...{
      live: 5,
      streams: 3,
      users: 1,
      seed: 1,
      kill: false,
      rotate: false,
      writesAMinute: 3_200,
      drained: true,
      targets: RAID,
    },
    ...{ startedAt: "2026-11-22T03:00:00Z", endedAt: "2026-11-22T03:05:00Z" },
    plans: { off: "op-off", undo: "op-undo" },
  },
  commands: [
    typed("alice", ["plan"], 0),
    typed("alice", ["apply", "op-off"], 3, "refused: takes a second person's approval"),
    typed("alice", ["approve", "op-off"], 3, "refused: was planned by the same person: it takes somebody else"),
    typed("bob", ["approve", "op-off"], 0),
    typed("alice", ["apply", "op-off"], 0),
    typed("alice", ["apply", "op-off"], 3, "refused: was applied by somebody at some time"),
  ],
  "live-states": [liveState(AFTER_APPLY, true), liveState(AFTER_UNDO, false)],
  calls: [
    ...RAID.map((each, index) => call(index + 1, "POST", each)),
    ...RAID.map((each, index) => call(index + 4, "DELETE", each)),
    call(7, "GET", { domain: "publish.example.huawei.com", app: null, stream: null }, { committed: false }),
  ],
  ledger: [...batch("op-off", "disable", 1), ...batch("op-undo", "enable", 2)],
  happened: Object.entries({ throttled: 4, "answer lost": 1 }).map(([fault, hits]) => {
    return { at: "2026-11-22T03:05:00Z", fault, hits, note: "" };
  }),
});
