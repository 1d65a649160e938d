/** A drill in which all went well, made up: three streams of a raid, two others. */
import type { Stream } from "../../../../lib/core/stream.ts";
import { OPERATORS } from "../../../../local/demo/world.ts";
import type { DrillMaterial, LiveState } from "../../../../local/exercises/drill/inputs.ts";
import type { Typed } from "../../../../local/exercises/drill/operator.ts";
import type { CallRecord } from "../../../../local/live/world.ts";

const stream = (name: string): Stream => ({ domain: "publish.example.huawei.com", app: "live", stream: name });
export const RAID = ["raid-1", "raid-2", "raid-3"].map(stream);
export const OTHERS = ["room-1", "room-2"].map(stream);
const [alice, bob] = [OPERATORS.alice.arn, OPERATORS.bob.arn];

const typed = (who: string, args: string[], exit: number, warned = "", tookMs = 6_000): Typed => ({
  ...{ who, args, at: "2026-11-22T03:00:00Z", tookMs, exit, said: "", warned },
});

const live = (isOff: boolean): LiveState => ({
  at: "2026-11-22T03:02:00Z",
  disabled: isOff ? RAID : [],
  encoders: [
    ...RAID.map((each) => ({ stream: each, online: !isOff, pushes: isOff ? 1 : 2 })),
    ...OTHERS.map((each) => ({ stream: each, online: true, pushes: 1 })),
  ],
});

export const call = (seq: number, method: string, named: Stream, change: Partial<CallRecord> = {}): CallRecord => ({
  ...{ seq, time: "2026-11-22T03:01:00Z", user: "worker", ak: "AK", method, path: "stream/blocks", stream: named },
  ...{ status: 204, error_code: null, requestId: `r${seq}`, committed: true, ...change },
});

const batch = (orderId: string, action: string, number: number) => ({
  planItems: [
    {
      orderId,
      action,
      requestedBy: alice,
      streams: RAID,
      appliedAt: "2026-11-22T03:01:00Z",
      appliedBy: alice,
      approvedBy: bob,
    },
  ],
  results: RAID.map((_, index) => {
    return { orderId, index, outcome: "verified", endedAt: "2026-11-22T03:01:10Z", orderNumber: number };
  }),
  orders: RAID.map((each) => ({
    ...{ stream: each, number, action, outcome: "verified", attempts: 1 },
    ...{ orderId, requestedBy: alice, approvedBy: bob },
  })),
});

export function wellDone(): DrillMaterial {
  const [off, undo] = [batch("op-off", "disable", 1), batch("op-undo", "enable", 2)];
  return {
    run: {
      ...{ live: 5, streams: 3, seed: 1, kill: false, writesAMinute: 3_200 },
      ...{ startedAt: "2026-11-22T03:00:00Z", endedAt: "2026-11-22T03:05:00Z" },
    },
    plans: { off: "op-off", undo: "op-undo" },
    targets: RAID,
    typed: [
      typed("alice", ["plan"], 0),
      typed("alice", ["apply", "op-off"], 3, "refused: takes a second person's approval"),
      typed("alice", ["approve", "op-off"], 3, "refused: was planned by the same person: it takes somebody else"),
      typed("bob", ["approve", "op-off"], 0),
      typed("alice", ["apply", "op-off"], 0),
      typed("alice", ["apply", "op-off"], 3, "refused: was applied by somebody at some time"),
    ],
    ...{ afterApply: live(true), afterUndo: live(false), afterSecondUndo: undefined },
    calls: [
      ...RAID.map((each, index) => call(index + 1, "POST", each)),
      ...RAID.map((each, index) => call(index + 4, "DELETE", each)),
      call(7, "GET", stream("x"), {
        stream: { domain: RAID[0]?.domain ?? "", app: null, stream: null },
        committed: false,
      }),
    ],
    planItems: [...off.planItems, ...undo.planItems],
    results: [...off.results, ...undo.results],
    orders: [...off.orders, ...undo.orders],
    deadLetters: 0,
    struck: { throttled: 4, "answer lost": 1 },
  };
}
