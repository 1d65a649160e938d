import { expect, it } from "@jest/globals";
import { check } from "../../../../local/exercises/drill/checks.ts";
import type { DrillMaterial } from "../../../../local/exercises/drill/inputs.ts";
import { scoreDrill } from "../../../../local/exercises/drill/scorecard.ts";
import { call, OTHERS, RAID, wellDone } from "./inputs.ts";

const [raider, , last] = RAID;
const [other] = OTHERS;
if (!raider || !last || !other) throw new Error("there is nobody");

/** The beginnings of the claims that do not hold. */
const broken = (change: Partial<DrillMaterial>): string[] =>
  check({ ...wellDone(), ...change })
    .filter((each) => each.broken.length > 0)
    .map(({ claim }) => claim.split(/[:,]/)[0] ?? "");

it("holds where all went well", () => {
  expect(broken({})).toEqual([]);
  expect(scoreDrill(wellDone()).text).toContain("everything held");
});

const well = wellDone();
const results = (index: number, change: object) =>
  well.results.map((each, at) => (at === index ? { ...each, ...change } : each));
const typed = (index: number, change: object) =>
  well.typed.map((each, at) => (at === index ? { ...each, ...change } : each));
const plans = (index: number, change: object) =>
  well.planItems.map((each, at) => (at === index ? { ...each, ...change } : each));

const OFF = "all of them are off";
const IN_TIME = "within 2 × (3 ÷ the pace of writes) + 15 s";
const BACK = "undo brings back exactly those";
const THOSE = "no call names any other";
const RECORDED = "every call and every end is in the ledger";
const TWO = "nobody applies it alone";

it.each<[string, Partial<DrillMaterial>, string[]]>([
  ["one more in the plan", { planItems: plans(0, { streams: [...RAID, other] }) }, ["the plan names exactly the raid"]],
  ["a slow plan", { typed: typed(0, { tookMs: 15_000 }) }, ["a plan takes less than 15 s"]],
  ["applied alone", { typed: typed(1, { exit: 0 }) }, [TWO]],
  ["approved by its author", { typed: typed(2, { exit: 0 }) }, [TWO]],
  ["refused because of something else", { typed: typed(2, { warned: "the ledger cannot be read" }) }, [TWO]],
  ["one that is pushed still", { afterApply: { ...well.afterApply, disabled: RAID.slice(1) } }, [OFF]],
  ["one that was not read back", { results: results(1, { outcome: "unverified" }) }, [OFF, RECORDED]],
  ["a missing result", { results: well.results.slice(1) }, [OFF]],
  ["no result at all", { results: [] }, [OFF, IN_TIME]],
  ["a late one", { results: results(2, { endedAt: "2026-11-22T03:01:16Z" }) }, [IN_TIME]],
  ["another stream named to Live", { calls: [...well.calls, call(8, "GET", other)] }, [THOSE]],
  [
    "another push cut",
    {
      afterApply: {
        ...well.afterApply,
        encoders: well.afterApply.encoders.map((each) => (each.stream === other ? { ...each, pushes: 2 } : each)),
      },
    },
    [THOSE],
  ],
  ["used twice", { typed: typed(5, { exit: 0 }) }, ["a plan is used once"]],
  ["one not brought back", { afterUndo: { ...well.afterUndo, disabled: [last] } }, [BACK]],
  ["one too many brought back", { planItems: plans(1, { streams: [...RAID, other] }) }, [BACK]],
  ["a call that nobody wrote down", { calls: [...well.calls, call(8, "POST", raider)] }, [RECORDED]],
  ["an order without a second person", { orders: well.orders.map(({ approvedBy, ...each }) => each) }, [RECORDED]],
  [
    "an order of nobody's plan",
    { orders: [...well.orders, { stream: raider, number: 3, action: "disable", attempts: 0, outcome: "refused" }] },
    [RECORDED],
  ],
  ["a dead letter", { deadLetters: 1 }, ["nothing is lost"]],
  ["a day without faults", { struck: { throttled: 4 } }, ["what was to go wrong did"]],
])("finds %s", (_, change, claims) => expect(broken(change)).toEqual(claims));

/** With a second batch that was taken back while it ran: one was never sent. */
function undone(change: (each: { index: number; outcome: string }) => string): Partial<DrillMaterial> {
  const again = (orderId: string, undoes: boolean) => ({
    ...{ orderId, action: undoes ? "enable" : "disable", requestedBy: "", streams: RAID.slice(0, undoes ? 2 : 3) },
    ...(!undoes && { cancelledAt: "2026-11-22T03:04:00Z" }),
  });
  return {
    run: { ...well.run, kill: true },
    plans: { ...well.plans, offAgain: "op-again", undoAgain: "op-undo-again" },
    planItems: [...well.planItems, again("op-again", false), again("op-undo-again", true)],
    results: [
      ...well.results,
      ...RAID.map((_, index) => {
        const outcome = change({ index, outcome: index === 2 ? "cancelled" : "verified" });
        return { orderId: "op-again", index, outcome, endedAt: "2026-11-22T03:04:10Z" };
      }),
    ],
    afterSecondUndo: well.afterUndo,
    struck: { ...well.struck, "incident killed": 1, "worker killed": 1, "terminal killed": 1 },
  };
}

it("finds a cancel that nobody heard, and streams that are still off", () => {
  expect(broken(undone(({ outcome }) => outcome))).toEqual([]);
  expect(broken(undone(() => "verified"))).toEqual(["undone while it ran"]);
  expect(broken({ ...undone(({ outcome }) => outcome), afterSecondUndo: well.afterApply })).toEqual([
    "undone while it ran",
  ]);
});

it("shows names of others as text", () => {
  const evil = { ...other, stream: "\u001b[2J\u202eevil" };
  const { text, held } = scoreDrill({ ...well, calls: [...well.calls, call(8, "POST", evil)] });
  expect(held).toBe(false);
  expect(text).toContain("\\u{1b}[2J\\u{202e}evil");
});
