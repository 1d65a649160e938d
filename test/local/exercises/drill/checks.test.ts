import { expect, it } from "@jest/globals";
import { AFTER_APPLY, AFTER_SECOND_UNDO, AFTER_UNDO, type Drill } from "../../../../local/exercises/drill/run.ts";
import { score } from "../../../../local/exercises/drill/scorecard.ts";
import type { Call, Evidence, Item } from "../../../../local/exercises/evidence.ts";
import { formatScorecard } from "../../../../local/exercises/scorecard.ts";
import { call } from "../evidence.ts";
import { liveState, OTHERS, operatorOrder, planItems, RAID, resultItem, wellDone } from "./good-drill.ts";

const [raider, , last] = RAID;
const [other] = OTHERS;
if (!raider || !last || !other) throw new Error("there is nobody");

/** The beginnings of the claims that do not hold. */
const broken = (change: Partial<Evidence<Drill>>): string[] =>
  score({ ...wellDone(), ...change })
    .results.filter(({ failures }) => failures.length > 0)
    .map(({ claim }) => claim.split(/[:,]/)[0] ?? "");

it("holds where all went well", () => {
  expect(broken({})).toEqual([]);
  expect(formatScorecard(score(wellDone()))).toContain("everything held");
});

const well = wellDone();
const typed = (index: number, change: object) => ({
  commands: well.commands.map((each, at) => (at === index ? { ...each, ...change } : each)),
});
const ledger = (isIt: (item: Item) => boolean, change: object) => ({
  ledger: well.ledger.map((item) => (isIt(item) ? { ...item, ...change } : item)),
});
const results = (index: number, change: object) =>
  ledger(({ pk, sk }) => pk === "BATCH#op-off" && sk === `RESULT#${index}`, change);
const planned = (orderId: string, streams: readonly object[]) =>
  ledger(({ pk, sk }) => pk === `OPERATOR#${orderId}` && sk === "PART#0", { text: JSON.stringify(streams) });
const live = (moment: string, change: (state: Evidence["live-states"][number]) => object) => ({
  "live-states": well["live-states"].map((state) => (state.moment === moment ? { ...state, ...change(state) } : state)),
});

const OFF = "all streams of the raid are off and verified";
const IN_TIME = "within 2 × (3 ÷ the pace of writes) + 15 s";
const BACK = "undo enables exactly these streams";
const THOSE = "no call names another stream";
const RECORDED = "every call and outcome is in the ledger";
const TWO = "a second person approves the plan";

it.each<[string, Partial<Evidence<Drill>>, string[]]>([
  ["one more in the plan", planned("op-off", [...RAID, other]), ["the plan names exactly the raid"]],
  ["a slow plan", typed(0, { tookMs: 15_000 }), ["a plan takes less than 15 s"]],
  ["applied alone", typed(1, { exit: 0 }), [TWO]],
  ["approved by its author", typed(2, { exit: 0 }), [TWO]],
  ["refused because of something else", typed(2, { stderr: "the ledger cannot be read" }), [TWO]],
  ["one that is not disabled", live(AFTER_APPLY, ({ disabled }) => ({ disabled: disabled.slice(1) })), [OFF]],
  [
    "one that is pushed still",
    live(AFTER_APPLY, ({ encoders }) => ({
      encoders: encoders.map((each) => (each.stream === raider ? { ...each, online: true } : each)),
    })),
    [OFF],
  ],
  [
    "one that has no encoder",
    live(AFTER_APPLY, ({ encoders }) => ({ encoders: encoders.filter(({ stream }) => stream !== raider) })),
    [OFF],
  ],
  ["one that was not read back", results(1, { outcome: "unverified" }), [OFF, RECORDED]],
  ["a missing result", { ledger: well.ledger.filter(({ sk }) => sk !== "RESULT#0") }, [OFF]],
  ["no result at all", { ledger: well.ledger.filter(({ pk }) => !pk.startsWith("BATCH#")) }, [OFF, IN_TIME]],
  ["a late one", results(2, { endedAt: "2026-11-22T03:01:16Z" }), [IN_TIME]],
  ["another stream named to Live", { calls: [...well.calls, call(8, "GET", other)] }, [THOSE]],
  [
    "another push cut",
    live(AFTER_APPLY, ({ encoders }) => ({
      encoders: encoders.map((each) => (each.stream === other ? { ...each, pushes: 2 } : each)),
    })),
    [THOSE],
  ],
  ["used twice", typed(5, { exit: 0 }), ["a plan is used once"]],
  ["one not brought back", live(AFTER_UNDO, () => ({ disabled: [{ ...last, resume_time: null }] })), [BACK]],
  ["that nobody looked after the undo", { "live-states": well["live-states"].slice(0, 1) }, [BACK]],
  ["one too many brought back", planned("op-undo", [...RAID, other]), [BACK]],
  ["a call that nobody wrote down", { calls: [...well.calls, call(8, "POST", raider)] }, [RECORDED]],
  [
    "an order without a second person",
    ledger(({ sk, number }) => sk.startsWith("ORDER#") && number === 1, {
      authority: { ...(well.ledger.find(({ sk }) => sk === "ORDER#1")?.authority as object), approvedBy: undefined },
    }),
    [RECORDED],
  ],
  [
    "an order of nobody's plan",
    {
      ledger: [...well.ledger, operatorOrder(3, raider, "op-none", "disable", { attempts: [], outcome: "refused" })],
    },
    [RECORDED],
  ],
  ["a dead letter", { messages: [{ queue: "BulkDeadLetters", body: "", attributes: {} }] }, ["nothing is lost"]],
  ["a day without faults", { happened: well.happened.slice(0, 1) }, ["every planned fault happened"]],
])("finds %s", (_, change, claims) => expect(broken(change)).toEqual(claims));

/** With a second batch that was undone while it ran: one stream was never sent. */
function undone(outcome: "cancelled" | "verified"): Partial<Evidence<Drill>> {
  return {
    run: { ...well.run, kill: true, plans: { ...well.run.plans, offAgain: "op-again", undoAgain: "op-undo-again" } },
    ledger: [
      ...well.ledger,
      ...planItems("op-again", "disable", RAID, { cancelled: { cancelledAt: "2026-11-22T03:04:00Z" } }),
      ...planItems("op-undo-again", "enable", RAID.slice(0, 2), {}),
      ...RAID.map((_, index) => resultItem("op-again", index, { outcome: index === 2 ? outcome : "verified" })),
    ],
    "live-states": [...well["live-states"], liveState(AFTER_SECOND_UNDO, false)],
    happened: [
      ...well.happened,
      ...["incident killed", "worker killed", "terminal killed"].map((fault) => ({ at: "", fault, hits: 1, note: "" })),
    ],
  };
}

it("counts a write that another user of the pool sent in the place of a refused one as one, and no other", () => {
  const refused = { user: "worker-2", status: 429, committed: false };
  const before = (change: Partial<Call>) => ({
    calls: [call(0, "POST", raider, { ...refused, ...change }), ...well.calls],
  });
  expect(broken(before({}))).toEqual([]);
  expect(broken(before({ status: 401 }))).toEqual([]);
  for (const change of [{ user: "worker" }, { status: 503 }, { status: 204, committed: true }]) {
    expect(broken(before(change))).toEqual([RECORDED]);
  }
  expect(broken({ calls: [...well.calls, call(8, "POST", raider, refused)] })).toEqual([RECORDED]);
});

it("finds a cancel that nobody heard, and streams that are still off", () => {
  expect(broken(undone("cancelled"))).toEqual([]);
  expect(broken(undone("verified"))).toEqual(["undone while it ran"]);
  const states = [...well["live-states"], liveState(AFTER_SECOND_UNDO, true)];
  expect(broken({ ...undone("cancelled"), "live-states": states })).toEqual(["undone while it ran"]);
  expect(broken({ ...undone("cancelled"), "live-states": well["live-states"] })).toEqual(["undone while it ran"]);
});

it("shows names of others as text", () => {
  const evil = { ...other, stream: "\u001b[2J\u202eevil" };
  const card = score({ ...well, calls: [...well.calls, call(8, "POST", evil)] });
  expect(card.held).toBe(false);
  expect(formatScorecard(card)).toContain("\\u{1b}[2J\\u{202e}evil");
});
