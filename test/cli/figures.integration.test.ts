/** Marking actions as wrong, the sample, and how often sources are right, as people type and read it. */
import { describe, expect, it } from "@jest/globals";
import type { SourceRow } from "../../lib/operator/contract/figures-schema.ts";
import { type Said, useGateway, WELL } from "./gateway.ts";
import { jsonLines, offair } from "./offair.ts";
import { ID, ROOM, ROOM_TEXT, refusal } from "./responses.ts";

const gateway = useGateway();
const run = (args: readonly string[]) => offair(args, { env: gateway.as("alice") });
const events = () => gateway.received.map(({ event }) => event);
const AT = "2026-11-22T05:00:00.000Z";
const statement = { because: "context" as const, by: "alice", at: AT, reason: "news" };

describe("overturn", () => {
  it.each<[string, object]>([
    ["hive#msg/1#2", { report: "hive#msg/1#2" }],
    [ID, { orderId: ID }],
    ["op-vendor#1", { report: "op-vendor#1" }],
    ["op-eu.example.com/live/room-1#3", { stream: { ...ROOM, domain: "op-eu.example.com" }, number: 3 }],
    [`${ROOM_TEXT}#3`, { stream: ROOM, number: 3 }],
    [`${ROOM_TEXT}#9#3`, { stream: { ...ROOM, stream: `${ROOM.stream}#9` }, number: 3 }],
  ])("of %s", async (order, subject) => {
    const overturned = {
      report: "hive#1",
      source: "hive",
      rule: "severe",
      stream: ROOM,
      overturns: [statement, statement],
    };
    gateway.answer(() => ({ ...WELL, overturned }));
    const { code, stdout } = await run(["overturn", order, "--because", "context", "--reason", "news"]);
    expect({ code, asked: events() }).toEqual({
      code: 0,
      asked: [{ action: "overturn", because: "context", reason: "news", ...subject }],
    });
    expect(stdout.split("\n")).toEqual([
      "marked as wrong (context): report hive#1",
      "  the source was right, and the context makes it acceptable: source hive, rule severe",
      "  1 earlier statement is kept; the newest one counts",
      `nothing changed at Live: if the stream is still off, offair enable ${ROOM_TEXT} --reason TEXT`,
      "",
    ]);
  });

  it.each([
    [["overturn", "hive#1", "--reason", "x"], "--because is missing"],
    [
      ["overturn", "hive#1", "--because", "mood", "--reason", "x"],
      "--because mood must be one of false-positive, policy, context",
    ],
    [["overturn", "hive#1", "--because", "policy"], "--reason is missing"],
    [["overturn", "hive", "--because", "policy", "--reason", "x"], "hive must be a report (SOURCE#ID), an order id"],
    [["enable", ROOM_TEXT, "--because", "mood", "--reason", "x"], "--because mood must be one of"],
    [["review", "sample", "2", "--reason", "x"], "2 must be a share from 0% to 100%"],
    [["review", "sample", "200%", "--reason", "x"], "200% must be a share from 0% to 100%"],
    [["review", "sample", "2%"], "--reason is missing"],
    [["sources", "--days", "0"], "--days 0 must be a whole number from 1 to 400"],
  ])("%j is typed wrongly", async (args, sentence) => {
    expect(await run(args)).toMatchObject({ code: 2, stderr: expect.stringContaining(sentence) });
    expect(events()).toEqual([]);
  });

  describe("by enable", () => {
    const summary = { reason: "x", placedAt: AT, by: "rule" };
    const orders = [
      { ...summary, number: 4, action: "enable" as const },
      { ...summary, number: 3, action: "disable" as const },
    ];
    const enable = (marked: Said, ...more: string[]) => {
      gateway.answer(({ event }) => {
        if (event.action === "status") return { ...WELL, results: [{ stream: ROOM, orders }] };
        if (event.action === "overturn") return marked;
        return { ...WELL, results: [{ stream: ROOM, outcome: event.dryRun === false ? "verified" : "planned" }] };
      });
      return run(["enable", ROOM_TEXT, "--because", "context", "--reason", "news", ...more]);
    };
    const MARKED = { ...WELL, overturned: { orderId: ID, overturns: [statement] } };

    it("is of the newest order that took the stream off", async () => {
      const { code, stdout } = await enable(MARKED);
      expect(code).toBe(0);
      expect(events().at(-1)).toEqual({
        action: "overturn",
        stream: ROOM,
        number: 3,
        because: "context",
        reason: "news",
      });
      expect(stdout).toContain(
        `marked as wrong (context): order ${ID}\n  it came from no source, so that no figure changes`,
      );
    });

    it("as JSON: the summary is last, with the exit code of the whole command", async () => {
      const ended = await enable(MARKED, "--json");
      expect(jsonLines(ended)).toMatchObject([
        ...[{ type: "result" }, { type: "overturned", orderId: ID }, { type: "summary", exit: 0 }],
      ]);
    });

    it.each<[string, Said, string]>([
      ["refused", refusal("is marked already", "/number"), "is marked already"],
      ["forbidden", 403, "AWS does not allow"],
      ["not answered", "cut", "it is not known whether it was done"],
    ])("that is %s is a failure of the mark, and the stream stays enabled", async (_, marked, why) => {
      const ended = await enable(marked, "--json");
      expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining(why) });
      expect(jsonLines(ended)).toMatchObject([
        { type: "result", outcome: "verified" },
        { type: "summary", exit: 1 },
      ]);
    });
  });
});

describe("review sample", () => {
  it("sets the share, and shows it", async () => {
    const sample = { share: 0.005, changedAt: AT, changedBy: "alice", reason: "December" };
    gateway.answer(() => ({ ...WELL, mode: { mode: "enforce", sample } }));
    const { stdout } = await run(["review", "sample", "0.5%", "--reason", "December"]);
    expect(events()).toEqual([{ action: "sample", share: 0.005, reason: "December", dryRun: false }]);
    expect(stdout).toMatch(/^sample 0\.5 % of the actions, drawn at random, wait for a person afterwards/);
    expect((await run(["review", "sample"])).stdout).toBe(stdout);
    expect(events().at(-1)).toEqual({ action: "mode", reason: "offair review sample" });
  });
});

describe("sources", () => {
  const figure = { right: 110, cases: 120, precision: 110 / 120, low: 0.853, high: 0.955 };
  const row: SourceRow = {
    ...{
      name: "hive",
      kind: "classifier",
      adapter: "json-mapping",
      grade: "C",
      frozen: true,
      since: AT,
      isWhole: true,
    },
    ...{ reports: 12_345, actions: 310, neverLookedAt: 190, waiting: 2, all: figure },
    sample: { right: 0, cases: 0, drawn: 0 },
  };

  it("are a line each", async () => {
    const quiet = { ...row, name: "form", frozen: false, isWhole: false, all: { right: 0, cases: 0 } };
    gateway.answer(() => ({ ...WELL, sources: [row, { ...quiet, sample: { ...figure, drawn: 130 } }] }));
    const { code, stdout } = await run(["sources"]);
    expect({ code, asked: events() }).toEqual({
      code: 0,
      asked: [{ action: "sources", reason: "offair sources", days: 90 }],
    });
    const [head, hive, form, , , more] = stdout.split("\n");
    expect(head).toMatch(
      /^SOURCE +KIND +GRADE +REPORTS +ACTIONS +NEVER LOOKED AT +RIGHT, OF CASES +RIGHT, OF THE SAMPLE$/,
    );
    expect(hive).toMatch(/^hive +classifier +C +12,345 +310 +190 +91\.7 % \(85\.3 to 95\.5\) of 120 +- +frozen$/);
    expect(form).toMatch(
      /^form +classifier +C +12,345\+ +310 +190 +no case looked at +91\.7 % \(85\.3 to 95\.5\) of 120$/,
    );
    expect(more).toContain("form has more reports than are counted: its figures begin at 2026-11-22T05:00:00Z");
  });

  it("one of them: by rule, category, band and reporter", async () => {
    const named = (name: string) => [{ name, ...figure }];
    const detail = {
      ...{ ...row, rules: named("harm\u202eful"), categories: named("nudity"), bands: named("0.8-0.9") },
      ...{ reporters: [{ reporter: "0a1b2c3d", right: 0.5, wrong: 3.25, countedAt: AT }], reportersKnown: 9 },
    };
    gateway.answer(() => ({ ...WELL, sources: [detail] }));
    const { stdout } = await run(["sources", "hive", "--days", "7"]);
    expect(events()).toMatchObject([{ source: "hive", days: 7 }]);
    expect(stdout).toContain(
      "hive  classifier, adapter json-mapping, grade C, frozen\n  reports    12,345 in the last 7 days\n",
    );
    expect(stdout).toContain("  harm\\u{202e}ful  91.7 % (85.3 to 95.5) of 120\n");
    expect(stdout).toContain("  SCORE    THE SOURCE WAS RIGHT\n  0.8-0.9  91.7 %");
    expect(stdout).toContain("  0a1b2c3d    0.5    3.3\n  and 8 more reporters");
    const json = jsonLines(await run(["sources", "hive", "--json"]));
    expect(json).toEqual([
      { type: "source", ...detail },
      { type: "summary", count: 1, days: 90, exit: 0 },
    ]);
  });
});
