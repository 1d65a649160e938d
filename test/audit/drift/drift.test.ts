import { describe, expect, it } from "@jest/globals";
import type { Expected } from "../../../lib/archive/line-schemas.ts";
import type { CompleteList } from "../../../lib/archive/snapshot.ts";
import { type ConfirmDeps, confirmSuspects, MAX_CONFIRMED } from "../../../lib/audit/drift/confirm-suspects.ts";
import { attributeRow, findDrift, judgeSuspect, type Suspect } from "../../../lib/audit/drift/drift.ts";
import { OffairError } from "../../../lib/core/errors.ts";
import { type Stream, streamKey } from "../../../lib/core/stream.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../../lib/core/time.ts";
import type { Order } from "../../../lib/orders/order.ts";
import { collect } from "../../support/collect.ts";
import { NOON } from "../../support/fixtures.ts";

const DOMAIN = "push.example.com";
const at = (ms: number): string => new Date(NOON.getTime() + ms).toISOString();
const LATER = at(7 * DAY_MS);
const named = (stream: string): Stream => ({ domain: DOMAIN, app: "live", stream });
const expected = (stream: string, given: Partial<Expected> = {}): Expected => ({
  ...{ ...named(stream), resumeTime: LATER, number: 1, placedAt: at(-DAY_MS), outcome: "verified" },
  ...{ reason: "csam", by: "rule severe, policy hash", cause: "standard#1", ...given },
});
const ofOperator = { by: "ana", cause: "op-01234567-89ab-4cde-8f01-23456789abcd" };
const listOf = (...rows: [stream: string, resumeTime: string | null][]): CompleteList => ({
  ...{ startedAt: at(0), endedAt: at(MINUTE_MS) },
  listed: new Map(rows.map(([stream, resumeTime]) => [streamKey(named(stream)), { resumeTime, seenAt: at(0) }])),
});
const compared = (wanted: Expected[], list: CompleteList | undefined, hours = 24) =>
  collect(findDrift(wanted, new Map(list ? [[DOMAIN, list]] : []), hours));
const kinds = async (...args: Parameters<typeof compared>) => (await compared(...args)).map(({ kind }) => kind);

describe("a list is held against what is expected", () => {
  it("and as ordered it raises no suspicion", async () => {
    expect(await compared([expected("a")], listOf(["a", LATER]))).toEqual([]);
  });

  it.each<[string, Expected, [string, string | null][], string[]]>([
    ["expected, and not listed", expected("a"), [], ["missing"]],
    ["not listed, but its time may be over by Live's clock", expected("a", { resumeTime: at(2 * MINUTE_MS) }), [], []],
    [
      "listed, and not expected",
      expected("a"),
      [
        ["a", LATER],
        ["b", LATER],
      ],
      ["unexpected"],
    ],
    [
      "listed and not expected, but over",
      expected("a"),
      [
        ["a", LATER],
        ["b", at(0)],
      ],
      ["over"],
    ],
    ["off for less long than a rule asked", expected("a"), [["a", at(DAY_MS)]], ["wrong-resume-time"]],
    ["off for longer than a rule asked: somebody else's entry", expected("a"), [["a", at(8 * DAY_MS)]], []],
    ["off for longer than a person asked", expected("a", ofOperator), [["a", at(8 * DAY_MS)]], ["wrong-resume-time"]],
    ["off without an end", expected("a", ofOperator), [["a", null]], []],
    ["soon over by our order, but not by Live's entry", expected("a", { resumeTime: at(HOUR_MS) }), [["a", LATER]], []],
  ])("%s", async (_, wanted, rows, found) => {
    expect(await kinds([wanted], listOf(...rows))).toEqual(found);
  });

  it("of a domain without a complete list nothing is concluded", async () => {
    expect(await compared([expected("a")], undefined)).toEqual([]);
  });

  it("what has little of its time left is expiring, with the order and nothing to ask", async () => {
    const soon = expected("a", { resumeTime: at(23 * HOUR_MS), placedAt: at(-6 * DAY_MS) });
    expect(await compared([soon], listOf(["a", soon.resumeTime]))).toMatchObject([
      { kind: "expiring", stream: "a", number: 1, expectedResumeTime: soon.resumeTime, resumeTime: soon.resumeTime },
    ]);
    expect(await compared([soon], listOf(["a", soon.resumeTime]), 22)).toEqual([]);
  });

  it("a disable of a day does not expire before it is half over", async () => {
    const day = (placedMs: number) => expected("a", { placedAt: at(placedMs), resumeTime: at(placedMs + DAY_MS) });
    expect(await compared([day(-HOUR_MS)], listOf(["a", at(23 * HOUR_MS)]))).toEqual([]);
    expect(await kinds([day(-13 * HOUR_MS)], listOf(["a", at(11 * HOUR_MS)]))).toEqual(["expiring"]);
  });
});

const order = (number: number, given: Partial<Order> = {}): Order => ({
  ...{ stream: named("a"), number, action: "disable", resumeTime: LATER, outcome: "verified", attempts: [] },
  ...{ reason: "csam", placedAt: at(-DAY_MS), endedAt: at(-DAY_MS) },
  authority: { kind: "rule", cause: `standard#${number}`, source: "standard", rule: "severe", policy: "hash" },
  ...given,
});
const enable = (number: number, given: Partial<Order> = {}): Order => {
  const { resumeTime: _, ...base } = order(number, { endedAt: at(-HOUR_MS) });
  return { ...base, action: "enable", reason: "appeal granted", ...given };
};
const pending = ({ outcome: _, endedAt: __, ...rest }: Order): Order => rest;

const missing: Suspect = { kind: "missing", expected: expected("a") };
const judged = (suspect: Suspect, orders: Order[], entry?: { resumeTime: string | null }) =>
  judgeSuspect(suspect, { orders, entry, askedAt: at(2 * MINUTE_MS) })?.kind;

describe("a stream is called missing", () => {
  it("where the ledger still wants it off, and Live has no entry of it", () => {
    expect(judgeSuspect(missing, { orders: [order(1)], askedAt: at(2 * MINUTE_MS) })).toEqual({
      ...{ kind: "missing", ...named("a"), number: 1, by: "rule severe, policy hash", reason: "csam" },
      ...{ cause: "standard#1", expectedResumeTime: LATER, askedAt: at(2 * MINUTE_MS) },
    });
  });

  it.each<[string, Order[], { resumeTime: string } | undefined]>([
    ["Live lists it when asked by name", [order(1)], { resumeTime: LATER }],
    ["it was let on since", [enable(2), order(1)], undefined],
    ["it is being let on", [pending(enable(2)), order(1)], undefined],
    ["nobody knows whether it was let on", [enable(2, { outcome: "unknown" }), order(1)], undefined],
    ["a newer order disabled it since", [order(2), order(1)], undefined],
    ["its time is over by now", [order(1, { resumeTime: at(2 * MINUTE_MS) })], undefined],
    ["the ledger does not know the order any more", [], undefined],
  ])("but not where %s", (_, orders, entry) => {
    expect(judged(missing, orders, entry)).toBeUndefined();
  });

  it("also where Live took the order, and its list never showed it", () => {
    expect(judged(missing, [order(1, { outcome: "unverified" })])).toBe("missing");
  });

  it("also where an order to let it on came to nothing, and it was paused since", () => {
    const paused = order(3, { action: "pause", outcome: "accepted" });
    expect(judged(missing, [paused, enable(2, { outcome: "failed" }), order(1)])).toBe("missing");
  });
});

describe("another resume time", () => {
  const row = { resumeTime: at(DAY_MS), seenAt: at(0) };
  const other: Suspect = { kind: "wrong-resume-time", expected: expected("a"), row };

  it("is told with both", () => {
    expect(judgeSuspect(other, { orders: [order(1)], askedAt: at(0) })).toMatchObject({
      ...{ kind: "wrong-resume-time", resumeTime: at(DAY_MS), expectedResumeTime: LATER, seenAt: at(0), number: 1 },
    });
  });

  it("is none where a newer order changed it since", () => {
    expect(judged(other, [order(2, { resumeTime: at(DAY_MS) }), order(1)])).toBeUndefined();
  });
});

describe("a stream that is listed, and not expected,", () => {
  const unexpected: Suspect = { kind: "unexpected", stream: named("a"), row: { resumeTime: LATER, seenAt: at(0) } };

  it.each<[string, Order[], string | undefined]>([
    ["is foreign where no order ever disabled it", [], "unexpected"],
    ["is foreign where it was only paused", [order(1, { action: "pause", outcome: "accepted" })], "unexpected"],
    ["is foreign where our order came to nothing", [order(1, { outcome: "failed" })], "unexpected"],
    ["is foreign where ours was over long ago", [order(1, { resumeTime: at(-HOUR_MS) })], "unexpected"],
    [
      "is foreign where somebody disabled it anew after we let it on",
      [enable(2), order(1, { resumeTime: at(DAY_MS) })],
      "unexpected",
    ],
    ["is an orphan where we let it on, and our entry is still there", [enable(2), order(1)], "outlived"],
    ["is ours where it was disabled after the export", [order(1, { placedAt: at(-MINUTE_MS) })], undefined],
    ["is ours where it could not be verified", [order(1, { outcome: "unverified" })], undefined],
    ["is ours where nobody knows what became of the order", [order(1, { outcome: "unknown" })], undefined],
    ["is left alone while an order is under way", [pending(enable(2)), order(1)], undefined],
    ["is left alone where it was let on while it was listed", [enable(2, { endedAt: at(0) }), order(1)], undefined],
  ])("%s", (_, orders, kind) => {
    expect(judged(unexpected, orders)).toBe(kind);
  });

  it("is told with the order that was to let it on, and the one that disabled it", () => {
    expect(judgeSuspect(unexpected, { orders: [enable(2), order(1)], askedAt: at(0) })).toMatchObject({
      ...{ kind: "outlived", number: 2, disabledBy: 1, reason: "appeal granted", resumeTime: LATER },
    });
  });
});

describe("who put a listed stream there", () => {
  const row = { resumeTime: LATER, seenAt: at(0) };
  const sent = [{ at: at(-HOUR_MS), result: "not-done" as const }];
  const to = (orders: readonly Order[], given = row) => {
    const found = attributeRow(named("a"), given, { orders, askedAt: at(2 * MINUTE_MS) });
    return typeof found === "object" ? found.number : found;
  };

  it.each<[string, readonly Order[], number | "others" | undefined]>([
    ["an order of the last minutes", [order(1, { placedAt: at(-MINUTE_MS), endedAt: at(-MINUTE_MS) })], 1],
    ["an order that ended after the list was read", [order(1, { endedAt: at(MINUTE_MS) })], 1],
    ["an order that is in progress", [pending(order(1))], 1],
    ["an order of which nobody knows the outcome", [order(1, { outcome: "unknown" })], 1],
    ["an order that was enabled while the list was read", [enable(2, { endedAt: at(0) }), order(1)], 1],
    ["an order that an enable did not remove", [enable(2), order(1)], 1],
    ["a call that Live answered with an error and carried out", [order(1, { outcome: "failed", attempts: sent })], 1],
    ["the first of two orders, if the newer one never reached Live", [order(2, { outcome: "refused" }), order(1)], 1],
    ["an order in force, if Live lists another resume time", [order(1, { resumeTime: at(DAY_MS) })], 1],
    ["somebody else, if there is no order", [], "others"],
    ["somebody else, if the only order was refused", [order(1, { outcome: "refused" })], "others"],
    ["somebody else, if our order was over long before", [order(1, { resumeTime: at(-HOUR_MS) })], "others"],
    [
      "not known, while an enable is in progress",
      [pending(enable(2)), order(1, { resumeTime: at(DAY_MS) })],
      undefined,
    ],
    [
      "not known, while a disable until another time is in progress",
      [pending(order(1, { resumeTime: at(DAY_MS) }))],
      undefined,
    ],
    [
      "not known, if only pauses were read and there are older orders",
      [order(51, { action: "pause", outcome: "accepted" })],
      undefined,
    ],
  ])("%s", (_, orders, found) => {
    expect(to(orders)).toBe(found);
  });

  it("is an order also if its resume time has passed and Live still lists it", () => {
    const over = { resumeTime: at(-HOUR_MS), seenAt: at(0) };
    expect(to([order(1, { resumeTime: at(-HOUR_MS) })], over)).toBe(1);
    expect(to([], over)).toBe("others");
  });
});

describe("asking", () => {
  const asking = (given: Partial<ConfirmDeps> = {}): ConfirmDeps & { readonly asked: string[] } => {
    const asked: string[] = [];
    return {
      asked,
      findDisabled: async () => void asked.push("live"),
      recentOrders: async () => {
        asked.push("ledger");
        return [order(1)];
      },
      now: () => NOON,
      timeIsUp: () => false,
      ...given,
    };
  };

  it("Live is asked by name before a stream is called missing, and the ledger once more after it", async () => {
    const deps = asking();
    expect(await confirmSuspects([missing], deps)).toMatchObject({ findings: [{ kind: "missing" }], unasked: 0 });
    expect(deps.asked).toEqual(["ledger", "live", "ledger"]);
  });

  it("a stream that is let on while Live is asked is not missing", async () => {
    const orders = [[order(1)], [enable(2), order(1)]];
    const deps = asking({ recentOrders: async () => orders.shift() ?? [] });
    expect(await confirmSuspects([missing], deps)).toEqual({ findings: [], unasked: 0, attributed: [] });
  });

  it("where the ledger explains it, Live is not asked", async () => {
    const deps = asking({ recentOrders: async () => [enable(2), order(1)] });
    expect(await confirmSuspects([missing], deps)).toEqual({ findings: [], unasked: 0, attributed: [] });
    expect(deps.asked).toEqual([]);
  });

  it("what cannot be asked about is counted, and not said to be missing", async () => {
    const findDisabled = async () => {
      throw new OffairError("ERR_LIVE_UNAVAILABLE", "503");
    };
    const answer = await confirmSuspects([missing], asking({ findDisabled }));
    expect(answer).toEqual({ findings: [], unasked: 1, attributed: [], error: "ERR_LIVE_UNAVAILABLE" });
  });

  it("ends when the time is over, and when there are too many", async () => {
    expect(await confirmSuspects([missing, missing], asking({ timeIsUp: () => true }))).toEqual({
      findings: [],
      unasked: 2,
      attributed: [],
    });
    const many = Array.from({ length: MAX_CONFIRMED + 7 }, () => missing);
    expect((await confirmSuspects(many, asking())).unasked).toBe(7);
  });
});
