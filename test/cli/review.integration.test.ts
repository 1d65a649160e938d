/** Cases on the screen, notes about them, and verdicts on many of them. */
import { describe, expect, it } from "@jest/globals";
import type { LeftOutCase, PlanResponse, ReviewCase } from "../../lib/operator/contract/response-schema.ts";
import { useGateway, WELL } from "./gateway.ts";
import { jsonLines, offair, type Surroundings } from "./offair.ts";
import { ALICE, ID, planOf, progress, ROOM, ROOM_TEXT, refusal, SHA256 } from "./responses.ts";

const gateway = useGateway();
const AT = "2026-11-22T05:00:00.000Z";
const NOW = new Date("2026-11-22T05:30:00.000Z");
const run = (args: readonly string[], surroundings: Surroundings = {}) => {
  gateway.setClock(() => NOW);
  return offair(["review", ...args], { env: gateway.as("alice"), now: () => NOW, ...surroundings });
};
const events = () => gateway.received.map(({ event }) => event);

const KEY = "hive#42";
const BOB = "arn:aws:sts::123456789012:assumed-role/Moderators/bob";
const RULE = "rule nudity, report hive#7";
const shownCase = (changed: Partial<ReviewCase> = {}): ReviewCase => ({
  ...{ key: KEY, source: "hive", grade: "B", stream: ROOM, category: "csam", score: 0.31, receivedAt: AT },
  ...{ ageMinutes: 30, outcome: "review", because: "rule", rule: "severe-unsure", urgent: true },
  ...{ dueAt: "2026-11-22T06:00:00.000Z", secondsLeft: 1_800, notes: [], earlierVerdicts: [] },
  ...changed,
});

describe("the list", () => {
  it("passes on which cases are wanted", async () => {
    gateway.answer(() => ({ ...WELL, reviews: [] }));
    const { code, stdout } = await run(["--source", "hive", "--rule", "nudity", "--before", "2026-11-22T05:00:00Z"]);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: "no report waits that matches: offair review lists what waits\n",
    });
    expect(events()).toMatchObject([{ action: "review", source: "hive", rule: "nudity", before: AT }]);
  });

  it.each([
    [1_800, "30 min left", "33"],
    [720, "12 min left", "31"],
    [-65, "1 min 5 s overdue", "31"],
    [3_000, "50 min left", undefined],
  ])("with %d seconds left: %s", async (secondsLeft, words, colour) => {
    gateway.answer(() => ({ ...WELL, reviews: [shownCase({ secondsLeft })] }));
    const { stdout } = await run([], { coloured: true });
    const [line = ""] = stdout.split("\n");
    expect(line).toContain(words);
    if (colour === undefined) expect(line).toMatch(/^ +50 min left/);
    else expect(line).toMatch(new RegExp(`\\u001b\\[${colour}m${words}`));
  });

  it("says who has a case, and who asks for another person's verdict", async () => {
    const secondOpinion = { by: ALICE, at: AT, reason: "a film?" };
    const holder = { by: BOB, until: "2026-11-22T05:34:00.000Z" };
    gateway.answer(() => ({ ...WELL, reviews: [shownCase({ holder, secondOpinion, noteCount: 2 })] }));
    const { stdout } = await run([]);
    expect(stdout.replace(/\s+/g, " ")).toContain(
      "held by bob (Moderators) until 2026-11-22T05:34:00Z, alice asks for a second opinion, 2 notes",
    );
  });
});

describe("a case", () => {
  it("is shown whole", async () => {
    const verdict = { verdict: "rejected" as const, by: BOB, at: AT, reason: "a doll" };
    gateway.answer(() => ({
      ...WELL,
      case: shownCase({
        ...{
          words: "Look at minute 2.\n\n\ncase      hive#43",
          evidence: [{ url: "https://cdn.example.com/1.jpg", sha256: SHA256 }],
        },
        live: { state: "live", since: "2026-11-22T05:10:00Z", clientAddress: "192.0.2.7" },
        rules: [
          { rule: "severe", unmet: ["score 0.31 is below minScore 0.5"] },
          { rule: "spam", unmet: ["category csam is not one of spam"] },
        ],
        reports: [
          { key: "form#7", source: "form", category: "nudity", receivedAt: AT, ageMinutes: 90, outcome: "ignored" },
        ],
        orders: [
          { number: 3, action: "pause", reason: "nudity", placedAt: AT, by: ALICE, orderId: ID, outcome: "verified" },
          {
            number: 2,
            action: "pause",
            reason: "hive: nudity",
            placedAt: AT,
            by: RULE,
            rule: "nudity",
            report: "hive#7",
          },
        ],
        notes: [{ by: BOB, at: AT, text: "seen before" }],
        earlierVerdicts: [{ ...verdict, takenBack: { by: ALICE, at: AT, reason: "no doll" } }],
      }),
    }));
    const { code, stdout } = await run(["show", KEY]);
    expect({ code, events: events() }).toEqual({
      code: 0,
      events: [{ action: "case", report: KEY, reason: "offair review show" }],
    });
    expect(stdout.split("\n")).toEqual([
      "── case ──────────────────────────────────────────────── URGENT, 30 min left ──",
      `stream    ${ROOM_TEXT}`,
      "live      LIVE for 20 min, since 2026-11-22T05:10:00Z, from 192.0.2.7",
      "reported  csam, score 0.31, 30 min ago, by hive (grade B)",
      "waits     rule severe-unsure asks for a person",
      "          not severe: score 0.31 is below minScore 0.5",
      "words     │ Look at minute 2.",
      "          │",
      "          │ case      hive#43",
      "evidence  │ https://cdn.example.com/1.jpg",
      `          │ ${SHA256}`,
      "reports   nudity          1 h 30 min ago  ignored    form#7",
      "orders    3  pause, verified, 30 min ago",
      `             by alice, ${ID}`,
      "             │ nudity",
      "          2  pause, in progress, 30 min ago",
      "             by rule nudity, report hive#7",
      "             │ hive: nudity",
      "notes     bob (Moderators), 30 min ago",
      "          │ seen before",
      "earlier   rejected by bob (Moderators), 30 min ago",
      "          │ a doll",
      "          taken back by alice, 30 min ago",
      "          │ no doll",
      `case      ${KEY}`,
      "next:",
      `  offair review approve '${KEY}' --as disable --reason TEXT`,
      `  offair review reject '${KEY}' --reason TEXT`,
      "",
    ]);
  });

  it("is handed out in a pipe and as JSON, and the command ends", async () => {
    const holder = { by: ALICE, until: "2026-11-22T05:35:00.000Z" };
    gateway.answer(() => ({ ...WELL, case: shownCase({ holder }) }));
    expect((await run(["next"])).stdout).toContain("held by alice until 2026-11-22T05:35:00Z");
    expect(jsonLines(await run(["next", "--json"]))).toMatchObject([{ type: "case", key: KEY, holder }]);
    gateway.answer(() => ({
      ...WELL,
      noCase: { says: "nothing waits for review", held: 0, skipped: 0, awaitingOthers: 0 },
    }));
    expect(await run(["next"])).toMatchObject({ code: 0, stdout: "nothing waits for review\n" });
  });

  it("is not decided where it would not be seen", async () => {
    expect(await run(["next"], { unseen: true })).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("not be visible"),
    });
    expect(events()).toEqual([]);
  });

  it.each([
    [["note", KEY, "seen before"], { action: "note", report: KEY, text: "seen before" }, "noted"],
    [
      ["second-opinion", KEY, "--reason", "a film?"],
      { action: "second-opinion", reason: "a film?" },
      "another person has to decide",
    ],
    [["reopen", KEY, "--reason", "wrong"], { action: "reopen", reason: "wrong" }, "the case waits again"],
    [["release", KEY], { action: "release", report: KEY }, "not held by you any more"],
  ])("%j is done", async (args, event, words) => {
    gateway.answer(() => ({ ...WELL, case: shownCase() }));
    expect(await run(args)).toMatchObject({ code: 0, stdout: expect.stringContaining(words) });
    expect(events()).toMatchObject([event]);
  });

  it("that is reopened says what stays done, and how to undo it", async () => {
    const verdict = { verdict: "approved" as const, by: ALICE, at: AT, reason: "seen" };
    const stays = { says: "the stream stays disabled", orderId: ID, undo: `undo ${ID}` };
    gateway.answer(() => ({ ...WELL, reopened: { verdict, dueAt: "2026-11-22T07:00:00.000Z", stays } }));
    expect((await run(["reopen", KEY, "--reason", "wrong"])).stdout).toBe(
      `the case waits again, until 2026-11-22T07:00:00Z\nthe stream stays disabled\n  offair undo ${ID}\n`,
    );
  });

  it.each([
    [["note", KEY], "TEXT is missing"],
    [["note", KEY, "x".repeat(100_000)], "TEXT: must be at most 2000 characters"],
    [["note", KEY, "two", "three"], "unexpected argument three"],
    [["next", KEY], "it takes no REPORT"],
    [["show"], "REPORT is missing"],
    [["show", KEY, "--source", "hive"], "--source is for the list"],
    [["reopen", KEY, "--reason", "x", "--dry-run"], "--dry-run is not for offair review reopen"],
    [["note", KEY, "seen", "--dry-run"], "--dry-run is not for offair review note"],
    [["note", KEY, "seen", "--reason", "x"], "--reason is not for offair review note"],
    [["second-opinion", KEY, "--reason", "x", "--dry-run"], "--dry-run is not for offair review second-opinion"],
    [["release", KEY, "--dry-run"], "--dry-run is not for offair review release"],
    [["next", "--dry-run"], "--dry-run is not for offair review next"],
    [["show", KEY, "--as", "pause"], "--as is not for offair review show"],
    [["sample", "--for", "24h"], "--for is not for offair review sample"],
    [["--shorten"], "--shorten is not for the list of offair review"],
    [["reject", KEY, "--reason", "x", "--shorten"], "--shorten is for the approval of a disable of one report"],
    [["approve", KEY, "--as", "pause", "--reason", "x", "--shorten"], "--shorten is for the approval of a disable"],
    [["approve", "--source", "hive", "--as", "disable", "--reason", "x", "--shorten"], "--shorten is for the approval"],
    [["reject", KEY, "--reason", "x", "--all"], "--all is for the list, and for approve and reject without REPORT"],
    [["reopen", KEY], "--reason is missing"],
    [["reject", KEY, "--source", "hive", "--reason", "x"], "give either REPORT or"],
    [["--before", "yesterday"], "--before must be a time"],
    [["--source", "No Such"], "--source: must be a source's name"],
    [["approve", "--source", "hive", "--reason", "x"], "--as: must be pause or disable"],
    [["reject", "--rule", "x".repeat(100), "--reason", "x"], "--rule"],
  ])("%j is typed wrongly", async (args, sentence) => {
    expect(await run(args)).toMatchObject({ code: 2, stderr: expect.stringContaining(sentence) });
    expect(events()).toEqual([]);
  });

  it("that another person has is refused with who has it", async () => {
    gateway.answer(() => refusal("is held by bob until 05:34", "/report"));
    expect(await run(["reject", KEY, "--reason", "x"])).toMatchObject({
      code: 3,
      stderr: "offair: refused: REPORT: is held by bob until 05:34\n",
    });
  });
});

describe("many cases", () => {
  const leftOut: readonly LeftOutCase[] = [{ report: "hive#9", because: "held", by: BOB, until: AT }];
  const late: readonly LeftOutCase[] = [{ report: "hive#5", because: "ended", by: BOB }];
  const cases = [{ report: KEY, source: "hive", stream: ROOM, category: "nudity" as const, rule: "nudity" }];
  const plan: PlanResponse = planOf({ action: "reject", verdict: "reject", streams: [], cases, leftOut });
  const args = ["reject", "--source", "hive", "--reason", "INC-881"];
  const answer = () =>
    gateway.answer(({ event }) => {
      if (event.action === "plan-verdicts") return { ...WELL, orderId: ID, plan };
      const outcomes = { rejected: 1, "left-out": 1 };
      return progress({ action: "reject", state: "done", count: 2, outcomes, left: 0, leftOut: late });
    });

  it("are rejected after the exact list was shown", async () => {
    answer();
    const { code, stdout } = await run([...args, "--yes"]);
    expect({ code, actions: events().map(({ action }) => action) }).toEqual({
      code: 0,
      actions: ["plan-verdicts", "apply", "status", "status"],
    });
    expect(events()[0]).toEqual({
      ...{ action: "plan-verdicts", verdict: "reject", reason: "INC-881", cases: { source: "hive" } },
    });
    expect(events()[1]).toMatchObject({ orderId: ID, planSha256: SHA256 });
    expect(stdout).toContain(`PLAN ${ID}: reject 1 case\n`);
    expect(stdout).toContain(`${ID}, reject of 2 cases, is done\n`);
    expect(stdout).toContain("\n1 rejected\n");
    expect(stdout).toContain("1 case got no verdict from it:\n  decided already (bob (Moderators)): hive#5\n");
    expect(stdout).toMatch(/\na verdict is taken back by offair review reopen CASE --reason TEXT\n$/);
    expect(stdout).toContain(`  nudity, rule nudity: ${ROOM_TEXT}\n    ${KEY}\n`);
    expect(stdout).toContain("another person has it (bob (Moderators) until 2026-11-22T05:00:00Z): hive#9");
  });

  it("are asked about in a terminal", async () => {
    answer();
    const no = await run(args, { onTerminal: true, typed: "n\n" });
    expect(no).toMatchObject({ code: 3, stderr: expect.stringContaining("reject 1 case, plan aaaaaaaa? [y/N]") });
    expect(events().map(({ action }) => action)).toEqual(["plan-verdicts"]);
  });

  it.each([
    [[], 3, "run the command again with --yes"],
    [["--dry-run"], 0, `offair apply ${ID} --sha256 ${SHA256} --reason INC-881`],
    [["--json"], 3, '"type":"plan"'],
  ])("are only planned in a pipe with %j", async (more, code, words) => {
    answer();
    const ended = await run([...args, ...more], { exactly: true });
    expect({ code: ended.code, said: ended.stdout + ended.stderr }).toEqual({
      code,
      said: expect.stringContaining(words),
    });
    expect(events().map(({ action }) => action)).toEqual(["plan-verdicts"]);
  });

  it("that are only planned have one exit code: the plan's object has that of the process", async () => {
    answer();
    const ended = await run([...args, "--json", "--dry-run"], { exactly: true });
    expect(ended.code).toBe(0);
    expect(jsonLines(ended)).toMatchObject([{ type: "plan", exit: 0 }]);
  });

  it("wait for a second person if there are too many", async () => {
    const approvalThreshold = { most: 1, limit: "limit-total", needsApproval: ["limit-total" as const] };
    const approve = { action: "disable", verdict: "approve", streams: [ROOM], approvalThreshold } as const;
    gateway.answer(() => ({ ...WELL, orderId: ID, plan: { ...plan, ...approve } }));
    const ended = await run([
      "approve",
      "--rule",
      "nudity",
      "--as",
      "disable",
      "--for",
      "2d",
      "--reason",
      "x",
      "--yes",
    ]);
    expect(ended).toMatchObject({ code: 3, stderr: expect.stringContaining("needs the approval of a second person") });
    expect(events()).toMatchObject([{ verdict: "approve", as: "disable", hours: 48, cases: { rule: "nudity" } }]);
    expect(ended.stdout).toContain("approve 1 case: disable 1 stream until 2026-11-23T05:00:00Z");
  });

  it("that no case matches are refused", async () => {
    gateway.answer(() => refusal("no case matches: offair review lists what waits", "/cases"));
    expect(await run([...args, "--yes"])).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("no case matches"),
    });
  });
});

describe("an appeal", () => {
  const APPEAL = "appeals#9";
  const appealed = {
    ...{ number: 3, action: "disable" as const, reason: "csam 0.97 reported by hive", placedAt: AT },
    ...{ resumeTime: "2026-11-29T05:00:00Z", report: KEY, by: BOB, decidedBy: [BOB] },
  };
  const shown = shownCase({
    ...{
      key: APPEAL,
      source: "appeals",
      because: "appeal",
      urgent: false,
      words: "it is a prop of the play",
      appealed,
    },
  });
  const verdict = { verdict: "approved" as const, by: ALICE, at: AT, reason: "a prop" };

  it("is shown with its order, why and by whom it was ordered, until when, and the broadcaster's words", async () => {
    gateway.answer(() => ({ ...WELL, case: shown }));
    const { stdout } = await run(["show", APPEAL]);
    const words = stdout.replace(/\s+/g, " ");
    expect(words).toContain("APPEAL against order 3 (csam)");
    expect(words).toContain("order 3: disable until 2026-11-29T05:00:00Z, at 2026-11-22T05:00:00Z by bob (Moderators)");
    expect(words).toContain("decided by bob (Moderators), who cannot decide the appeal");
    expect(words).toContain("csam 0.97 reported by hive");
    expect(words).toContain("it is a prop of the play");
  });

  it.each([
    [{ action: "enable" as const }, "overturn its order, and enable the stream"],
    [{}, "nothing is sent to Live"],
    [
      { action: "enable" as const, staysOff: { by: "op-7", until: "2026-11-30T05:00:00Z" } },
      "the stream stays off until 2026-11-30T05:00:00Z by another one: op-7",
    ],
  ])("is granted with the reason of the overturn, after it was said what that does: %j", async (planned, words) => {
    const overturned = {
      report: KEY,
      number: 3,
      overturns: [{ because: "context" as const, by: ALICE, at: AT, reason: "a prop" }],
    };
    gateway.answer(({ event }) =>
      event.dryRun
        ? { ...WELL, dryRun: true, reviews: [shown], results: [{ stream: ROOM, outcome: "planned", ...planned }] }
        : { ...WELL, verdict, overturned },
    );
    const { code, stdout } = await run(["approve", APPEAL, "--reason", "a prop", "--because", "context", "--yes"]);
    expect(code).toBe(0);
    expect(stdout.replace(/\s+/g, " ")).toContain(words);
    expect(stdout).toContain("granted\n");
    expect(stdout).toContain("marked as wrong (context)");
    expect(events().at(-1)).toMatchObject({ action: "review", report: APPEAL, verdict: "approve", because: "context" });
  });

  it("alone has a reason of an overturn", async () => {
    for (const args of [
      ["reject", APPEAL, "--reason", "x", "--because", "policy"],
      ["approve", "--source", "appeals", "--as", "pause", "--reason", "x", "--because", "policy"],
      ["approve", APPEAL, "--reason", "x", "--because", "whim"],
    ])
      expect((await run(args)).code).toBe(2);
    expect(events()).toEqual([]);
  });
});
