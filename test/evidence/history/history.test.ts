import { describe, expect, it } from "@jest/globals";
import type { EventLine, Expected, PastOrderLine } from "../../../lib/archive/line-schemas.ts";
import { periodsOf } from "../../../lib/evidence/history/history.ts";
import { createLedgerView } from "../../../lib/evidence/history/ledger-view.ts";
import { createListedPeriods } from "../../../lib/evidence/history/listed-periods.ts";
import type { FirstListed, OffPeriod } from "../../../lib/evidence/history/off-period.ts";

const ROOM = { domain: "push.example.com", app: "live", stream: "room-42" };
const DAY = { from: new Date("2026-03-14T00:00:00Z"), until: new Date("2026-03-15T00:00:00Z") };
const on = (time: string): string => (time.includes("T") ? `2026-03-${time}:00.000Z` : `2026-03-14T${time}:00.000Z`);
const UNTIL = on("17T00:00");

const order = (number: number, at: string, change: Partial<PastOrderLine> = {}): PastOrderLine => ({
  ...{
    stream: ROOM,
    number,
    action: "disable",
    resumeTime: UNTIL,
    reason: "a rifle",
    placedAt: at,
    outcome: "verified",
  },
  ...{ endedAt: at, attempts: [{ at, result: "sent" }] },
  authority: { kind: "rule", cause: `hive#${number}`, source: "hive", rule: "severe", policy: "p1" },
  ...change,
});
const byOperator = (change: Partial<Extract<PastOrderLine["authority"], { kind: "operator" }>> = {}) => ({
  authority: { kind: "operator" as const, cause: "operator#op-1#0", orderId: "op-1", requestedBy: "alice", ...change },
});
const enable = (number: number, at: string, outcome = "verified"): PastOrderLine => {
  const { resumeTime: _none, ...rest } = order(number, at, {
    action: "enable",
    reason: "appeal",
    outcome,
    ...byOperator(),
  });
  return rest;
};
const reportOf = (key: string, change: object = {}): EventLine => ({
  kind: "report",
  report: {
    ...{ key, policy: "p1", grade: "B", decision: { action: "disable", because: "rule", rule: "severe" }, facts: {} },
    report: { stream: ROOM, source: "hive", category: "weapons", evidence: [{ url: "https://example.com/1.jpg" }] },
    ...change,
  },
});

/** Slots of the day: listed, not listed (`-`), or incomplete (`?` not listed, `!` listed). */
type Lists = readonly (readonly [slot: string, listed: "x" | "-" | "?" | "!", resumeTime?: string | null])[];

interface Given {
  readonly lists?: Lists;
  readonly orders?: readonly PastOrderLine[];
  readonly events?: readonly EventLine[];
  readonly expected?: readonly Expected[];
  readonly firstListed?: FirstListed;
  /** Begins of the exports' windows, of which each ends where the next one begins. */
  readonly windows?: readonly string[];
  /** `kind slot` of what audits proved. */
  readonly proven?: readonly string[];
}

/** The whole month, in two exports. */
const ALL = [on("01T00:00"), on("20T00:00"), on("21T00:00")];

async function ask(given: Given) {
  const { lists = [], orders = [], events = [], expected = [], firstListed = new Map() } = given;
  const { windows = ALL, proven = [] } = given;
  const listedPeriods = createListedPeriods();
  for (const [time, listed, resumeTime = UNTIL] of lists) {
    const [startedAt, seenAt] = [on(time), on(time).replace(":00.000Z", ":10.000Z")];
    const endedAt = seenAt.replace(":10.", ":20.");
    const snapshot = { ...{ domain: ROOM.domain, slot: startedAt, startedAt, endedAt }, object: `snapshots/${time}` };
    const rows = listed === "x" || listed === "!" ? [{ ...ROOM, resumeTime, seenAt }] : [];
    listedPeriods.add({ ...snapshot, complete: listed === "x" || listed === "-" }, rows);
  }
  const ledger = createLedgerView();
  ledger.addExpected({ object: "expected/1", entry: 1 }, expected);
  ledger.addEvents({ object: "events/2", entry: 2 }, [
    ...orders.map((each) => ({ kind: "order" as const, order: each })),
    ...events,
  ]);
  for (const [index, until] of windows.slice(1).entries()) {
    const writtenAt = new Date(Date.parse(until) + 5 * 60_000).toISOString();
    ledger.addWindow({ from: windows[index] ?? "", until, writtenAt });
  }
  const proofs = (_key: string, slot: string, kind: string) => proven.includes(`${kind} ${slot}`);
  return periodsOf(DAY, { listedPeriods, ledger, firstListed, proofs });
}
const only = async (given: Given): Promise<OffPeriod> => {
  const { periods } = await ask(given);
  expect(periods).toHaveLength(1);
  return periods[0] as OffPeriod;
};
const LISTED: Lists = [
  ["08:00", "-"],
  ["10:00", "x"],
  ["11:00", "x"],
];

describe("a stream that our order took off", () => {
  it("was off from the call until the resume time, on the word of the rule, its policy, source and grade", async () => {
    const answer = await only({ lists: LISTED, orders: [order(1, on("09:00"))], events: [reportOf("hive#1")] });
    expect(answer).toMatchObject({
      ...{ ...ROOM, from: on("09:00"), fromBy: "order", until: UNTIL, untilBy: "resume-time" },
      ...{ by: "rule", decidedBy: "rule severe", approvedBy: null, reason: "a rifle", category: "weapons" },
      ...{ rule: "severe", policy: "p1", source: "hive", grade: "B", cause: "hive#1", order: 1, outcome: "verified" },
      listed: { first: on("10:00").replace(":00.000", ":10.000"), times: 2 },
      remarks: [],
      evidence: {
        objects: ["snapshots/10:00", "snapshots/11:00", "events/2"],
        reported: [{ url: "https://example.com/1.jpg" }],
      },
    });
  });

  it("was off until a person let it on, and says who and why", async () => {
    const answer = await only({
      lists: [...LISTED, ["13:00", "-"]],
      orders: [order(1, on("09:00")), enable(2, on("12:00"))],
    });
    expect(answer).toMatchObject({ until: on("12:00"), untilBy: "enabled", remarks: [] });
    expect(answer.endedBy).toEqual({ order: 2, by: "alice", reason: "appeal", at: on("12:00") });
  });

  it.each(["failed", "refused", "superseded"])("stays off when the order to let it on was %s", async (outcome) => {
    const answer = await only({ lists: LISTED, orders: [order(1, on("09:00")), enable(2, on("10:30"), outcome)] });
    expect(answer).toMatchObject({ until: UNTIL, untilBy: "resume-time", endedBy: null });
  });

  it("is told to be in doubt when nobody can say whether it was let on", async () => {
    const answer = await only({ lists: LISTED, orders: [order(1, on("09:00")), enable(2, on("10:30"), "unknown")] });
    expect(answer.remarks).toEqual(["order 2 was to enable it again, and its outcome is unknown"]);
  });

  it("is answered once an order, where a later one took its place", async () => {
    const later = order(2, on("10:30"), { resumeTime: on("20T00:00"), ...byOperator() });
    const lists: Lists = [
      ["08:00", "-"],
      ["10:00", "x"],
      ["11:00", "x", on("20T00:00")],
    ];
    const { periods } = await ask({ lists, orders: [order(1, on("09:00")), later] });
    expect(
      periods.map(({ order, from, until, untilBy, listed }) => [order, from, until, untilBy, listed?.times]),
    ).toEqual([
      [1, on("09:00"), on("10:30"), "replaced", 1],
      [2, on("10:30"), on("20T00:00"), "resume-time", 1],
    ]);
    expect(periods.flatMap(({ remarks }) => remarks)).toEqual([]);
  });

  it("is explained by an order whose outcome nobody verified, and says so", async () => {
    const answer = await only({ lists: LISTED, orders: [order(1, on("09:00"), { outcome: "unknown" })] });
    expect(answer).toMatchObject({ by: "rule", remarks: ["the outcome of its order is unknown"] });
  });

  it("says what Live answered to an order that was not confirmed", async () => {
    const message = "GET /stream/blocks: APIGW.0302 (403): the IAM user is not authorised";
    const answer = await only({ lists: LISTED, orders: [order(1, on("09:00"), { outcome: "unverified", message })] });
    expect(answer.remarks).toEqual([`the outcome of its order is unverified: ${message}`]);
  });

  it.each(["failed", "refused", "held", "superseded"])("is not off by an order that was %s", async (outcome) => {
    expect((await ask({ orders: [order(1, on("09:00"), { outcome })] })).periods).toEqual([]);
  });

  it("is not off by a pause, nor by an order that was placed and never sent", async () => {
    const { outcome: _none, endedAt: _never, ...placed } = order(2, on("09:00"), { attempts: [] });
    const pause = order(1, on("08:30"), { action: "pause", outcome: "accepted" });
    expect((await ask({ orders: [pause, placed] })).periods).toEqual([]);
  });

  it("was not off that day if it was over before, or begun after", async () => {
    const before = order(1, on("12T09:00"), { resumeTime: on("13T23:59") });
    expect((await ask({ orders: [before, order(2, on("15T00:01"))] })).periods).toEqual([]);
  });
});

describe("where lists and ledger disagree", () => {
  it("both are told: to be off, and not listed by a complete list", async () => {
    const answer = await only({
      lists: [
        ["10:00", "-"],
        ["11:00", "-"],
      ],
      orders: [order(1, on("09:00"))],
    });
    expect(answer).toMatchObject({ by: "rule", listed: null });
    expect(answer.remarks).toEqual([
      `not listed in the complete list of ${on("10:00")} and in 1 later ones, although it should be disabled`,
    ]);
    expect(answer.evidence.objects).toContain("snapshots/10:00");
  });

  it("nothing is concluded from an incomplete list that lacks it, nor from one that was read while Live was asked", async () => {
    const answer = await only({
      lists: [
        ["09:01", "-"],
        ["10:00", "?"],
      ],
      orders: [order(1, on("09:00"))],
    });
    expect(answer.remarks).toEqual([]);
  });

  it("another resume time is told", async () => {
    const answer = await only({ lists: [["10:00", "x", null]], orders: [order(1, on("09:00"))] });
    expect(answer.remarks).toEqual(["Live listed it without an end"]);
  });

  it("what is listed without an order is not by us, from the first list that has it until the first that lacks it", async () => {
    const answer = await only({
      lists: [
        ["08:00", "-"],
        ["09:00", "x"],
        ["10:00", "x"],
        ["11:00", "-"],
      ],
    });
    expect(answer).toMatchObject({
      ...{ by: null, decidedBy: null, reason: null, order: null, fromBy: "first-listed", untilBy: "gone" },
      ...{ from: on("09:00").replace(":00.000", ":10.000"), until: on("11:00").replace(":00.000", ":20.000") },
      evidence: { objects: ["snapshots/09:00", "snapshots/10:00"], reported: [] },
    });
  });

  it("what stays listed after a person let it on is still the entry of our order, and is told so", async () => {
    const { periods } = await ask({
      lists: [...LISTED, ["13:00", "x"]],
      orders: [order(1, on("09:00")), enable(2, on("12:00"))],
    });
    expect(periods.map(({ by, order, fromBy, untilBy }) => [by, order, fromBy, untilBy])).toEqual([
      ["rule", 1, "order", "enabled"],
      ["rule", 1, "first-listed", "resume-time"],
    ]);
    expect(periods[1]?.remarks).toEqual([
      "Live listed the entry of order 1 at a time at which the order was not in force",
    ]);
  });

  it("minutes between two clocks make nothing foreign", async () => {
    const lists: Lists = [
      ["10:00", "x", on("10:02")],
      ["10:04", "x", on("10:02")],
      ["11:00", "-"],
    ];
    expect(await only({ lists, orders: [order(1, on("09:00"), { resumeTime: on("10:02") })] })).toMatchObject({
      by: "rule",
    });
  });

  it("one moment that Live spells in two ways is one time", async () => {
    const lists: Lists = [
      ["08:00", "-"],
      ["10:00", "x", "2026-03-17T00:00:00Z"],
      ["11:00", "x", "2026-03-17T08:00:00+08:00"],
    ];
    expect(await only({ lists })).toMatchObject({ untilBy: "resume-time", listed: { times: 2 } });
  });

  it("what ran out a moment after the list that lacks it, by our clock, was let on by nobody", async () => {
    const resumeTime = on("11:00").replace(":00.000", ":30");
    const lists: Lists = [
      ["08:00", "-"],
      ["10:00", "x", resumeTime],
      ["11:00", "-"],
    ];
    expect(await only({ lists })).toMatchObject({ until: resumeTime, untilBy: "resume-time" });
  });

  it("a gap in a complete list makes two times of it", async () => {
    const lists: Lists = [
      ["09:00", "x"],
      ["10:00", "-"],
      ["11:00", "x"],
    ];
    expect((await ask({ lists })).periods.map(({ untilBy }) => untilBy)).toEqual(["gone", "resume-time"]);
  });

  it("a gap in an incomplete one makes none", async () => {
    const lists: Lists = [
      ["09:00", "x"],
      ["10:00", "?"],
      ["11:00", "x"],
    ];
    expect(await only({ lists })).toMatchObject({ listed: { times: 2 } });
  });

  it("what only incomplete lists have is told so", async () => {
    expect((await only({ lists: [["09:00", "!"]] })).remarks).toEqual(["listed in incomplete snapshots only"]);
  });

  it("only the lists before and after the day have it: it was not off that day", async () => {
    const lists: Lists = [
      ["13T23:00", "x"],
      ["00:30", "-"],
      ["23:00", "-"],
      ["15T00:00", "x"],
    ];
    expect((await ask({ lists })).periods).toEqual([]);
  });

  it("but if its resume time lay in the day, and no list was there before, it was off until then", async () => {
    const lists: Lists = [
      ["13T23:00", "x", on("05:00")],
      ["10:00", "-"],
    ];
    expect(await only({ lists })).toMatchObject({ until: on("05:00"), untilBy: "resume-time" });
  });
});

describe("what the exports do not cover yet", () => {
  const LATE: Lists = [
    ["12:00", "-"],
    ["13:00", "x"],
    ["14:00", "x"],
  ];
  const until = (...ends: string[]) => ({ windows: [on("01T00:00"), ...ends.map(on)] });

  it.each<[string, Given, string | null]>([
    ["is too recent, if the exports end before it was listed", until("11:55", "12:55"), "12:55"],
    [
      "is too recent, if only the last export covers it: an order may have moved to the next one",
      until("12:55", "13:55"),
      "13:55",
    ],
    [
      "is too recent, if the later exports are of persons' audits, and end before the first one was exported",
      until("12:55", "13:55", "13:57", "13:59"),
      "13:59",
    ],
    ["is not by us, once one more export has come", until("12:55", "13:55", "14:55"), null],
    [
      "is not by us, if an audit asked the ledger for this stream",
      { ...until("11:55", "12:55"), proven: [`unexpected ${on("14:00")}`] },
      null,
    ],
    ["is too recent, if an export in between could not be read", { windows: [on("01T00:00"), on("11:00")] }, "11:00"],
  ])("%s", async (_, given, known) => {
    const period = await only({ lists: LATE, ...given });
    expect([period.by, period.unattributed]).toEqual(
      known === null ? [null, null] : ["unknown", `too recent to attribute: ledger known until ${on(known)}`],
    );
  });

  it("asks for later exports until it is covered", async () => {
    const { openUntilMs } = await ask({ lists: LATE, ...until("11:55", "12:55") });
    expect(new Date(openUntilMs).toISOString()).toBe(on("13:05").replace(":00.000", ":10.000"));
    expect((await ask({ lists: LATE })).openUntilMs).toBe(0);
  });

  it("without any export, says that none was read; and of what was listed before the exports, that they do not reach back", async () => {
    expect(await only({ lists: LATE, windows: [] })).toMatchObject({
      ...{ by: "unknown", unattributed: "too recent to attribute: no ledger export was read" },
    });
    expect(await only({ lists: LATE.slice(1) })).toMatchObject({
      by: "unknown",
      unattributed: `not attributed: it was listed before the exports that were read; ledger known until ${on("21T00:00")}`,
    });
  });

  it("does not say that a stream should be off which an order may have enabled since", async () => {
    const lists: Lists = [...LISTED, ["12:00", "-"]];
    const given = { lists, orders: [order(1, on("09:00"))] };
    expect(await only({ ...given, ...until("10:55", "11:55") })).toMatchObject({
      ...{ until: on("12:00").replace(":00.000", ":20.000"), untilBy: "unknown" },
      remarks: [
        `not listed in the complete list of ${on("12:00")}: too recent to attribute: ledger known until ${on("11:55")}`,
      ],
    });
    const told = [`not listed in the complete list of ${on("12:00")}, although it should be disabled`];
    expect(await only(given)).toMatchObject({ until: UNTIL, untilBy: "resume-time", remarks: told });
    const proven = [`missing ${on("12:00")}`];
    expect(await only({ ...given, ...until("10:55", "11:55"), proven })).toMatchObject({ remarks: told });
  });

  it("does not say that nobody of ours enabled a stream that is gone", async () => {
    const lists: Lists = [
      ["08:00", "-"],
      ["09:00", "x"],
      ["10:00", "-"],
    ];
    const enabled = enable(1, on("09:30"));
    expect(await only({ lists, ...until("08:55", "09:55") })).toMatchObject({ untilBy: "unknown" });
    expect(await only({ lists })).toMatchObject({ untilBy: "gone", endedBy: null });
    expect(await only({ lists, orders: [enabled] })).toMatchObject({
      ...{ by: null, untilBy: "enabled", until: on("09:30"), endedBy: { order: 1, by: "alice" } },
    });
  });

  it("is still ours if the order is over and Live has not removed it, or if Live did what it answered with an error", async () => {
    const over = order(1, on("09:00"), { resumeTime: on("09:40") });
    const lists: Lists = [
      ["08:00", "-"],
      ["10:00", "x", on("09:40")],
    ];
    expect((await ask({ lists, orders: [over] })).periods.map(({ by, order: number }) => [by, number])).toEqual([
      ["rule", 1],
      ["rule", 1],
    ]);
    const failed = order(1, on("09:00"), { outcome: "failed" });
    expect(await only({ lists: LISTED, orders: [failed] })).toMatchObject({ by: "rule", outcome: "failed" });
  });
});

describe("what was in force before the day", () => {
  const expected: Expected = {
    ...{ ...ROOM, resumeTime: UNTIL, number: 3, placedAt: on("10T09:00"), reason: "a rifle", cause: "hive#3" },
    ...{ by: "rule severe, policy p1", outcome: "verified" },
  };

  it("is answered from the list of expected disables, and its order is wanted", async () => {
    const { periods, missing } = await ask({ lists: [["00:30", "x"]], expected: [expected] });
    expect(periods).toMatchObject([
      { from: on("10T09:00"), by: "rule", decidedBy: "rule severe, policy p1", source: "hive", grade: null },
    ]);
    expect(periods[0]?.remarks).toHaveLength(1);
    expect(missing).toMatchObject([{ at: on("10T09:00") }]);
  });

  it("is answered in full once the order and its report are found, and nothing is wanted any more", async () => {
    const { periods, missing } = await ask({
      expected: [expected],
      orders: [order(3, on("10T09:00"))],
      events: [reportOf("hive#3")],
    });
    expect(periods).toMatchObject([{ grade: "B", decidedBy: "rule severe", remarks: [] }]);
    expect(missing).toEqual([]);
  });

  it("is answered also where its order was exported before anything was sent, and the rest is still wanted", async () => {
    const { outcome: _outcome, endedAt: _endedAt, ...waiting } = order(3, on("10T09:00"), { attempts: [] });
    const { periods, missing } = await ask({ expected: [expected], orders: [waiting] });
    expect(periods).toMatchObject([{ order: 3, outcome: "verified", until: UNTIL }]);
    expect(missing).toMatchObject([{ at: on("10T09:00") }]);
  });

  it("without an order is looked for in what audits found, and begins there", async () => {
    const lists: Lists = [["00:30", "x"]];
    const { periods, unexplained } = await ask({ lists });
    expect(periods).toMatchObject([{ fromBy: "listed-before" }]);
    expect(unexplained).toEqual([ROOM]);
    const firstListed = new Map([[JSON.stringify(Object.values(ROOM)), { at: on("02T07:00"), object: "findings/1" }]]);
    const again = await ask({ lists, firstListed });
    expect(again.periods).toMatchObject([{ fromBy: "first-listed", from: on("02T07:00") }]);
    expect(again.periods[0]?.evidence.objects).toContain("findings/1");
    expect(again.unexplained).toEqual([]);
  });
});

describe("who decided, and who approved:", () => {
  const approved = { ...byOperator({ approves: "hive#9" }) };

  it("a person on his own", async () => {
    const answer = await only({ orders: [order(1, on("09:00"), byOperator())] });
    expect(answer).toMatchObject({ by: "operator", decidedBy: "alice", approvedBy: null, cause: "op-1" });
  });

  it("a second person, where a plan took one", async () => {
    const answer = await only({ orders: [order(1, on("09:00"), byOperator({ approvedBy: "bob" }))] });
    expect(answer).toMatchObject({ decidedBy: "alice", approvedBy: "bob", remarks: [] });
  });

  it("nobody, where the glass was broken; the answer says by whom, and what for", async () => {
    const orders = [order(1, on("09:00"), byOperator({ breakGlass: true }))];
    const remark = "it needed a second person's approval; break-glass was used instead";
    expect(await only({ orders })).toMatchObject({ approvedBy: null, remarks: [remark] });
    const applied = { appliedBy: "carol", reason: "nobody periods the phone" };
    const events: EventLine[] = [{ kind: "plan-state", planState: { orderId: "op-1", applied } }];
    const answer = await only({ orders, events });
    expect(answer.remarks).toEqual([`${remark} by carol: nobody periods the phone`]);
  });

  it("of a batch's order, the plan and its state are looked for, and not an order of its own", async () => {
    const orders = [order(1, on("09:00"), byOperator())];
    expect((await ask({ orders })).missing).toEqual([{ id: "operator#op-1#0", at: on("09:00") }]);
    const cancelled: EventLine = { kind: "plan-state", planState: { orderId: "op-1" } };
    expect((await ask({ orders, events: [cancelled] })).missing).toHaveLength(1);
    const applied = { appliedBy: "alice", reason: "INC-881" };
    const found: EventLine[] = [
      { kind: "plan", plan: { orderId: "op-1" } },
      { kind: "plan-state", planState: { orderId: "op-1", applied } },
    ];
    const { missing, periods } = await ask({ orders, events: found });
    expect(missing).toEqual([]);
    expect(periods[0]?.evidence.objects).toContain("events/2");
  });

  it("the rule whose decision was held, and the person who said yes", async () => {
    const answer = await only({
      orders: [order(1, on("09:00"), approved)],
      events: [reportOf("hive#9", { outcome: "held" })],
    });
    expect(answer).toMatchObject({
      decidedBy: "rule severe",
      approvedBy: "alice",
      source: "hive",
      grade: "B",
      cause: "hive#9",
    });
  });

  it("the person himself, where a rule wanted one to decide", async () => {
    const events = [reportOf("hive#9", { outcome: "review" })];
    const answer = await only({ orders: [order(1, on("09:00"), approved)], events });
    expect(answer).toMatchObject({ decidedBy: "alice", approvedBy: "alice" });
  });

  it("of a stream that came back, those of the order that took it off first", async () => {
    const republish = {
      kind: "rule",
      cause: "huawei-push#7",
      source: "hive",
      rule: "severe",
      policy: "p2",
      republish: { after: 1 },
    } as const;
    const first = order(1, on("08:30"), { action: "pause", outcome: "accepted" });
    const answer = await only({
      orders: [first, order(2, on("09:00"), { authority: republish })],
      events: [reportOf("hive#1")],
    });
    expect(answer).toMatchObject({ order: 2, cause: "hive#1", grade: "B", category: "weapons" });
  });

  describe("of a disable that was renewed or done again", () => {
    const repairs = { of: 1, why: "expiring", cause: "hive#1", placedAt: on("01T09:00") } as const;
    const cause = "repair#expiring#1#2026-03-14T09";

    it("those of the order that it repairs, which is looked for where that was placed", async () => {
      const authority = { kind: "rule", cause, source: "hive", rule: "severe", policy: "p2", repairs } as const;
      const orders = [order(2, on("09:00"), { authority })];
      expect(await only({ orders, events: [reportOf("hive#1")] })).toMatchObject({
        ...{ order: 2, decidedBy: "rule severe", cause: "hive#1", grade: "B", category: "weapons", policy: "p2" },
      });
      expect((await ask({ orders })).missing).toEqual([{ id: "hive#1", at: on("01T09:00") }]);
    });

    it("also the second person who said yes to it", async () => {
      const of = { ...repairs, cause: "operator#op-1#0" };
      const orders = [order(2, on("09:00"), byOperator({ cause, repairs: of, approvedBy: "bob" }))];
      const operatorOrder = {
        orderId: "op-1",
        index: 0,
        stream: ROOM,
        requestedBy: "alice",
      };
      const events: EventLine[] = [{ kind: "operator-order", operatorOrder }];
      expect(await only({ orders, events })).toMatchObject({ decidedBy: "alice", approvedBy: "bob", cause: "op-1" });
      expect((await ask({ orders })).missing).toEqual([{ id: "operator#op-1#0", at: on("01T09:00") }]);
    });
  });
});

it("the later export of an item is what became of it, in whatever order exports are read", async () => {
  const ledger = createLedgerView();
  const report = (outcome: string): EventLine => reportOf("hive#1", { outcome });
  ledger.addEvents({ object: "events/9", entry: 9 }, [report("verified")]);
  ledger.addEvents({ object: "events/3", entry: 3 }, [report("held")]);
  expect(ledger.report("hive#1")).toMatchObject({ object: "events/9", line: { outcome: "verified" } });
});
