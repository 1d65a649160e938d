/** The commands that tell, judge and mend. */
import { describe, expect, it } from "@jest/globals";
import { countText } from "../../cli/render/progress.ts";
import type { OperatorResponse, ReportExplanation } from "../../lib/operator/contract/response-schema.ts";
import { HOSTILE_STREAMS, OBEYED } from "../support/hostile-names.ts";
import { useGateway, WELL } from "./gateway.ts";
import { jsonLines, offair, type Surroundings } from "./offair.ts";
import { batchOf, ID, planned, planOf, progress, ROOM, ROOM_TEXT, refusal, roomsOf, SHA256 } from "./responses.ts";

const gateway = useGateway();
const run = (args: readonly string[], surroundings: Surroundings = {}) =>
  offair(args, { env: gateway.as("alice"), ...surroundings });
const events = () => gateway.received.map(({ event }) => event);
const AT = "2026-11-22T05:00:00.000Z";

describe("status", () => {
  it("of a batch: what ended so far", async () => {
    gateway.answer(() => ({ ...progress(), results: [{ stream: ROOM, outcome: "ordered" }] }));
    const { code, stdout } = await run(["status", ID]);
    expect({ code, asked: events() }).toEqual({
      code: 0,
      asked: [{ action: "status", orderId: ID, reason: "offair status" }],
    });
    expect(stdout).toContain("is running");
    expect(stdout).toContain("1 disabled, 1 verified, 0 failed, 2 left");
  });

  it("of a plan: the plan, and what to type", async () => {
    const { appliedAt: _at, ...batch } = batchOf({ state: "planned" });
    gateway.answer(() => ({ ...planned(), batch }));
    expect((await run(["status", ID])).stdout).toContain(`offair apply ${ID} --sha256 ${SHA256}`);
  });

  it("of streams: what was last ordered", async () => {
    gateway.answer(() => ({ ...WELL, results: [{ stream: ROOM, orders: [] }] }));
    expect((await run(["status", ROOM_TEXT])).stdout).toBe(`${ROOM_TEXT}\n  no orders for this stream\n`);
    expect(events()).toMatchObject([{ streams: [ROOM] }]);
  });

  const cause = {
    error: "LIVE.100011001",
    message: "POST /stream/blocks: LIVE.100011001 (400): wrong; Live: a\u202eb",
  };
  const shown = "POST /stream/blocks: LIVE.100011001 (400): wrong; Live: a\\u{202e}b";
  const waiting = { error: "ERR_LIVE_SIGNATURE", message: "not sent: the key is blocked", since: AT };
  const waits = "waits since 2026-11-22T05:00:00Z: ERR_LIVE_SIGNATURE: not sent: the key is blocked";

  it("shows what Live answered, and what an order waits for and since when", async () => {
    const results = [
      { stream: ROOM, outcome: "failed" as const, orderNumber: 1, ...cause },
      { stream: ROOM, outcome: "ordered" as const, waiting },
    ];
    gateway.answer(() => ({ ...WELL, orderId: ID, results }));
    const { stdout } = await run(["status", ID]);
    expect(stdout.split("\n")).toEqual([
      expect.stringMatching(/^failed/),
      `  ${shown}`,
      "  order 1",
      expect.stringMatching(/^ordered/),
      `  ${waits}`,
      "",
    ]);
  });

  it("shows both also with the orders of a stream, and for a batch that has stopped", async () => {
    const placed = { number: 1, action: "disable" as const, reason: "INC-881", placedAt: AT, by: "alice" };
    const orders = [
      { ...placed, outcome: "failed" as const, ...cause },
      { ...placed, waiting },
    ];
    gateway.answer(() => ({ ...WELL, results: [{ stream: ROOM, orders }] }));
    const { stdout } = await run(["status", ROOM_TEXT]);
    expect(stdout).toContain(`    ${shown}\n`);
    expect(stdout).toContain(`    ${waits}\n`);
    gateway.answer(() => progress({ waiting }));
    expect((await run(["status", ID])).stdout).toContain(`${waits}\n`);
    expect(countText(batchOf({ waiting }), {})).toMatch(/1 of 3 {2}waits: ERR_LIVE_SIGNATURE$/);
  });

  it("of an id that is mistyped: that it is none", async () => {
    expect(await run(["status", "op-123"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("at least 4 characters"),
    });
    expect(events()).toEqual([]);
  });

  it("of nothing: the mode", async () => {
    gateway.answer(() => ({ ...WELL, mode: { mode: "observe" } }));
    expect((await run(["status"])).stdout).toBe("mode observe: decisions are recorded, and none is carried out\n");
  });
});

describe("approve", () => {
  const seen = () => ({ ...planned(), batch: batchOf({ state: "planned" }) });

  it("shows the plan, and says yes to that hash", async () => {
    gateway.answer(({ event }) => (event.action === "status" ? seen() : progress()));
    const { code, stdout } = await run(["approve", ID, "--sha256", SHA256, "--reason", "seen"], {
      env: gateway.as("bob"),
    });
    expect(code).toBe(0);
    expect(stdout).toContain(`PLAN ${ID}: disable 1 stream`);
    expect(events()[1]).toEqual({ action: "approve", orderId: ID, planSha256: SHA256, reason: "seen" });
    expect(stdout).toContain(`  offair apply ${ID} --sha256 ${SHA256} --reason`);
  });

  it.each<[string, string, Surroundings]>([
    ["another plan than was told", "b".repeat(64), {}],
    ["a no", SHA256, { onTerminal: true, typed: "no\n" }],
  ])("says nothing after %s", async (_, sha256, surroundings) => {
    gateway.answer(() => seen());
    expect(await run(["approve", ID, "--sha256", sha256, "--reason", "seen"], surroundings)).toMatchObject({ code: 3 });
    const real = events().filter(({ dryRun }) => dryRun !== true);
    expect(real.map(({ action }) => action)).toEqual(["status"]);
  });

  it("is refused before the question, in the function's words", async () => {
    gateway.answer(({ event }) => (event.dryRun ? refusal("was planned by the same person", "/orderId") : seen()));
    const { code, stdout, stderr } = await run(["approve", ID, "--sha256", SHA256, "--reason", "seen"], {
      ...{ onTerminal: true, typed: "y\n" },
    });
    expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
    expect(stderr).toContain("was planned by the same person");
    expect(stderr).not.toContain("[y/N]");
    expect(events().map(({ action, dryRun }) => [action, dryRun])).toEqual([["approve", true]]);
  });
});

describe("a question that cannot be asked", () => {
  it.each<[string, string[], Surroundings]>([
    ["in a pipe", [], {}],
    ["with --json", ["--json"], { onTerminal: true }],
    ["where nobody would see it", [], { unseen: true, typed: "y\n" }],
  ])("is answered by --yes only: %s", async (_, more, surroundings) => {
    for (const args of [
      ["approve", ID, "--sha256", SHA256],
      ["apply", ID, "--sha256", SHA256],
      ["disable", ROOM_TEXT],
      ["pause", ROOM_TEXT],
      ["enable", ROOM_TEXT],
      ["undo", ID, "--apply"],
      ["review", "approve", "standard#1"],
      ["review", "reject", "standard#1"],
    ]) {
      const ended = await run([...args, "--reason", "x", ...more], { ...surroundings, exactly: true });
      expect(ended).toMatchObject({ code: 3, stderr: expect.stringContaining("run the command again with --yes") });
    }
    expect(events()).toEqual([]);
  });
});

it("cancel of an order by hand names what tells of one", async () => {
  const { stdout } = await run(["cancel", ID, "--reason", "wrong one"]);
  expect(stdout).toBe(`cancelled: nothing more is sent. offair status ${ID} shows how it ends\n`);
});

describe("cancel of a batch that is over", () => {
  const UNDO = `to reverse it: offair undo ${ID} --reason TEXT`;
  const REOPEN = "a verdict is taken back by offair review reopen CASE --reason TEXT";
  it.each<["disable" | "pause" | "enable" | "reject", readonly string[]]>([
    ["disable", [UNDO]],
    ["pause", []], // is over by itself
    ["enable", []], // an undo disables nothing
    ["reject", [REOPEN]],
  ])("that was a %s says that it came too late, and the command that reverses it", async (action, next) => {
    gateway.answer(() => progress({ action, state: "done", left: 0, outcomes: { verified: 3 }, cancelledBy: "bob" }));
    const lines = (await run(["cancel", ID, "--reason", "wrong list"])).stdout.trimEnd().split("\n");
    const said = ["too late to cancel: the batch is done", ...next];
    expect(lines.slice(-said.length)).toEqual(said);
  });

  it("because it was stopped half way names what reverses the rest", async () => {
    gateway.answer(() => progress({ state: "cancelled", left: 0, outcomes: { verified: 1, cancelled: 2 } }));
    const { stdout } = await run(["cancel", ID, "--reason", "wrong list"]);
    expect(stdout).toMatch(new RegExp(`\ncancelled: nothing more is sent\n${UNDO}\n$`));
  });

  it("because it was never applied names no next command", async () => {
    const { appliedAt: _at, ...batch } = batchOf({ state: "cancelled" });
    gateway.answer(() => ({ ...progress(), batch }));
    const { stdout } = await run(["cancel", ID, "--reason", "wrong list"]);
    expect(stdout).toMatch(/\ncancelled: the plan was not applied, and cannot be applied any more\n$/);
  });
});

it.each<[readonly string[], string]>([
  [["cancel", ID, "--reason", "x"], `offair status ${ID} shows it`],
  [["approve", ID, "--sha256", SHA256, "--reason", "x"], `offair status ${ID} shows it`],
  [["undo", ID, "--reason", "x"], "offair status op-REQUEST shows it"],
  [["plan", "--disable", ROOM_TEXT, "--reason", "x"], "offair status op-REQUEST shows it"],
  [["mode", "observe", "--reason", "x"], "offair mode shows it"],
  [["redrive", "--queue", "urgent", "--reason", "x"], "offair redrive --queue urgent --dry-run shows it"],
  [["review", "reject", "standard#1", "--reason", "x"], "offair review shows it"],
  [["review", "approve", "standard#1", "--reason", "x"], "offair status op-REQUEST shows it"],
])("%j without an answer says that nobody knows, how to find out, and how to send it again", async (args, shows) => {
  gateway.answer(({ event }) => {
    if (event.action === "status") return planned();
    return event.dryRun === true ? WELL : 503;
  });
  const { code, stderr } = await run(args);
  const id = String(gateway.received.at(-1)?.id);
  expect(code).toBe(1);
  expect(stderr).toContain("it is not known whether it was done: the function is busy, or failed (503)");
  expect(stderr.replaceAll(id, "REQUEST")).toContain(
    `${shows}. To send it again safely: the same command with --request-id REQUEST\n`,
  );
});

it("cancel says what is left as it is", async () => {
  gateway.answer(() => progress({ state: "cancelling", cancelledBy: "arn:bob" }));
  const { code, stdout } = await run(["cancel", ID, "--reason", "wrong list"]);
  expect({ code, asked: events() }).toEqual({
    code: 0,
    asked: [{ action: "cancel", orderId: ID, reason: "wrong list" }],
  });
  expect(stdout).toContain("was cancelled; calls that were sent before are still ending");
  expect(stdout).toContain("cancelled by arn:bob");
});

describe("undo", () => {
  const back = (needsApproval: readonly "limit-total"[] = []) =>
    planned({ action: "enable", undoes: ID, approvalThreshold: { ...planOf().approvalThreshold, needsApproval } });

  it("shows the way back, and what to type", async () => {
    gateway.answer(() => back());
    const { code, stdout } = await run(["undo", ID, "--reason", "over"]);
    expect({ code, asked: events() }).toEqual({ code: 0, asked: [{ action: "undo", orderId: ID, reason: "over" }] });
    expect(stdout).toContain(`undoes    ${ID}`);
    expect(stdout).toContain(`next:\n  offair apply ${ID}`);
  });

  it("cancels nothing where a file would never be written", async () => {
    const { code, stderr } = await run(["undo", ID, "--reason", "over", "--out", "x"]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("--out is for --apply") });
    expect(events()).toEqual([]);
  });

  it("shows which streams stay off, until when, and by which order", async () => {
    const [moved, left] = roomsOf(2) as [typeof ROOM, typeof ROOM];
    const other = "op-00000000-0000-4000-8000-000000000002";
    const staysOff = { by: other, until: "2026-11-23T05:00:00Z", from: "2027-02-20T05:00:00Z" };
    const wanted = { by: "rule severe, report standard#7", until: "2026-11-29T05:00:00Z" };
    gateway.answer(() =>
      planned({
        ...{
          action: "enable",
          undoes: ID,
          streams: [
            { ...ROOM, stream: "room-9" },
            { ...moved, staysOff },
          ],
        },
        skipped: [{ stream: left, because: "wanted-by-another-order", staysOff: wanted }],
      }),
    );
    const { stdout } = await run(["undo", ID, "--reason", "over"]);
    expect(stdout).toContain(
      `PLAN ${ID}: enable 1 stream until 2026-11-23T05:00:00Z, keep 1 disabled until another end\n`,
    );
    expect(stdout).toContain(
      [
        "disabled  1 stream that another order wants disabled, until its end",
        `  until ${staysOff.until} instead of ${staysOff.from} by ${other}  ${ROOM_TEXT}`,
        "left out  1 stay disabled, because another order wants them disabled",
        `  until ${wanted.until} by ${wanted.by}  push.example.com/live/room-2\n`,
      ].join("\n"),
    );
  });

  it("counts those that stay off by themselves", async () => {
    const done = progress({ action: "enable", state: "done", left: 0, outcomes: { verified: 3 }, keptOff: 1 });
    gateway.answer(({ event }) => (event.action === "undo" ? back() : done));
    const { stdout } = await run(["undo", ID, "--reason", "over", "--apply"]);
    expect(stdout).toContain("2 enabled, 1 kept disabled, 3 verified, 0 failed");
  });

  it("goes it at once with --apply", async () => {
    const done = progress({ action: "enable", state: "done", left: 0, outcomes: { verified: 1 } });
    gateway.answer(({ event }) => (event.action === "undo" ? back() : done));
    const { code, stdout } = await run(["undo", ID, "--reason", "over", "--apply"]);
    expect({ code, actions: events().map(({ action }) => action) }).toEqual({
      ...{ code: 0, actions: ["undo", "apply", "status", "status"] },
    });
    expect(stdout).toContain("1 enabled, 1 verified, 0 failed");
  });

  it("does not, where a second person is needed", async () => {
    gateway.answer(() => back(["limit-total"]));
    const { code, stdout } = await run(["undo", ID, "--reason", "over", "--apply"]);
    expect({ code, actions: events().map(({ action }) => action) }).toEqual({ code: 3, actions: ["undo"] });
    expect(stdout).toContain("offair approve");
  });

  it("says that it is cancelled, where nothing is to be let on", async () => {
    const { code, stdout } = await run(["undo", ID, "--reason", "over"]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining(`cancelled ${ID}`) });
  });
});

describe("mode", () => {
  const held: OperatorResponse = {
    ...WELL,
    mode: {
      ...{ mode: "enforce", changedAt: AT, changedBy: "alice", reason: "a week without a fault" },
      frozen: { hive: { changedAt: AT, changedBy: "bob", reason: "its key may be stolen" } },
    },
  };
  it.each<[string[], object]>([
    [["mode"], { action: "mode", reason: "offair mode" }],
    [["mode", "enforce", "--reason", "x"], { action: "mode", mode: "enforce", reason: "x", dryRun: false }],
    [
      ["mode", "freeze", "hive", "--reason", "x"],
      { action: "mode", source: "hive", frozen: true, reason: "x", dryRun: false },
    ],
    [
      ["mode", "unfreeze", "hive", "--reason", "x"],
      { action: "mode", source: "hive", frozen: false, reason: "x", dryRun: false },
    ],
  ])("%j", async (args, asked) => {
    gateway.answer(() => held);
    const { code, stdout } = await run(args);
    expect({ code, asked: events() }).toEqual({ code: 0, asked: [asked] });
    expect(stdout).toBe(
      "mode enforce: decisions are carried out\n  since 2026-11-22T05:00:00Z, by alice\n  because a week without a fault\n" +
        "source hive is frozen: its reports cause no action\n  since 2026-11-22T05:00:00Z, by bob\n  because its key may be stolen\n",
    );
  });

  it.each([
    [["mode", "enforce"], "--reason is missing"],
    [["mode", "off", "--reason", "x"], "off must be observe"],
    [["mode", "freeze", "--reason", "x"], "SOURCE is missing"],
    [["mode", "observe", "hive", "--reason", "x"], "unexpected argument hive"],
  ])("%j is typed wrongly", async (args, sentence) => {
    expect(await run(args)).toMatchObject({ code: 2, stderr: expect.stringContaining(sentence) });
    expect(events()).toEqual([]);
  });
});

describe("review", () => {
  const KEY = "hive#42";
  const row = {
    ...{
      key: KEY,
      source: "hive",
      stream: ROOM,
      category: "nudity" as const,
      score: 0.9,
      receivedAt: AT,
      ageMinutes: 75,
    },
    ...{
      outcome: "held" as const,
      because: "limit-total",
      rule: "nudity",
      decision: { action: "pause" as const, because: "rule" },
    },
  };

  it("lists what waits", async () => {
    gateway.answer(() => ({ ...WELL, reviews: [row], next: "more" }));
    const { stdout } = await run(["review"]);
    expect(stdout.split("\n")).toEqual([
      `       no due time  ${KEY}`,
      "                    nudity, score 0.9, 1 h 15 min ago, by hive",
      "                    rule nudity: the limit of all automatic actions is full,",
      "                    which holds its pause",
      `                    ${ROOM_TEXT}`,
      "1 shown; more reports wait: --all shows them",
      "",
    ]);
  });

  it("lists all of it, page by page", async () => {
    gateway.answer((_, count) => ({ ...WELL, reviews: [row], ...(count < 3 && { next: `page ${count}` }) }));
    expect((await run(["review", "--all"])).stdout).toContain("3 reports wait for a person");
    expect(events().map(({ after }) => after)).toEqual([undefined, "page 1", "page 2"]);
  });

  it("approves after a look, and tells what came of it", async () => {
    gateway.answer(({ event }) => ({
      ...{ ok: true, errors: [], orderId: ID, reviews: [row] },
      results: [{ stream: ROOM, action: "disable", outcome: event.dryRun === false ? "verified" : "planned" }],
      ...(event.dryRun === false && { verdict: { verdict: "approved", by: "alice", at: AT, reason: "seen" } }),
    }));
    const args = ["--as", "disable", "--for", "2d", "--reason", "seen"];
    const { code, stdout } = await run(["review", "approve", KEY, ...args]);
    const asked = { action: "review", report: KEY, verdict: "approve", as: "disable", hours: 48, reason: "seen" };
    expect(events()).toEqual([
      { ...asked, dryRun: true },
      { ...asked, dryRun: false },
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/approved\ndisable verified\s+push\.example\.com/);
  });

  it("rejects", async () => {
    gateway.answer(() => ({
      ...WELL,
      reviews: [row],
      verdict: { verdict: "rejected", by: "alice", at: AT, reason: "no" },
    }));
    const { code, stdout } = await run(["review", "reject", KEY, "--reason", "no"]);
    expect({ code, verdicts: events().map(({ verdict }) => verdict) }).toEqual({
      code: 0,
      verdicts: ["reject", "reject"],
    });
    expect(stdout).toContain("rejected\n");
  });

  it.each([
    [["review", "maybe", KEY], "maybe must be next, show, approve"],
    [["review", "approve"], "REPORT is missing"],
    [["review", "reject", KEY], "--reason is missing"],
    [["review", "approve", KEY, "--reason", "x", "--as", "mute"], "--as must be"],
    [["review", "reject", KEY, "--reason", "x", "--as", "pause"], "--as: is only for an approval"],
    [["review", "approve", "42", "--reason", "x"], "REPORT: must be source#id"],
  ])("%j is typed wrongly", async (args, sentence) => {
    expect(await run(args)).toMatchObject({ code: 2, stderr: expect.stringContaining(sentence) });
    expect(events()).toEqual([]);
  });
});

describe("an issue names what was typed", () => {
  it.each<[readonly string[], string]>([
    [["mode", "freeze", "No Such", "--reason", "x"], "SOURCE: must be a source's name"],
    [["sources", "No Such"], "SOURCE: must be a source's name"],
    [["review", "--source", "No Such"], "--source: must be a source's name"],
    [
      ["explain", "--claim", ROOM_TEXT, "--source", "No Such", "--category", "spam"],
      "--source: must be a source's name",
    ],
  ])("%j", async (args, sentence) => {
    expect(await run(args)).toMatchObject({ code: 2, stderr: expect.stringContaining(`offair: ${sentence}`) });
  });

  it("also if the function refuses it", async () => {
    gateway.answer(() => refusal("is not a source of the policy", "/source"));
    expect((await run(["sources", "hive"])).stderr).toBe("offair: refused: SOURCE: is not a source of the policy\n");
  });
});

describe("explain", () => {
  const decision = { action: "pause", because: "rule", rule: "nudity" } as const;
  const rules = [
    { rule: "csam", unmet: ["category nudity is none of csam"] },
    { rule: "nudity", unmet: [] },
  ];
  const claimed = { source: "hive", stream: ROOM, category: "nudity" as const, score: 0.9 };
  const facts = { workedAt: AT, orders: [] };

  it("tells of a report how it was decided, and what today's policy would say", async () => {
    const explanation: ReportExplanation = {
      ...{
        key: "hive#42",
        ...claimed,
        occurredAt: AT,
        receivedAt: AT,
        policy: "p",
        policyChanged: true,
        notes: ["a note"],
      },
      stored: { decision, facts, decidedAt: AT, mode: "enforce", policy: "q", outcome: "accepted", sampled: 0.07 },
      now: { decision: { action: "review", because: "rule" }, rules, steps: ["a step"], isSameDecision: false },
    };
    gateway.answer(() => ({ ...WELL, explanation }));
    const { code, stdout } = await run(["explain", "hive#42"]);
    expect({ code, asked: events() }).toEqual({
      code: 0,
      asked: [{ action: "explain", reason: "offair explain", report: "hive#42" }],
    });
    expect(stdout).toContain("decided   pause: rule, rule nudity (2026-11-22T05:00:00Z, mode enforce)");
    expect(stdout).toContain("sample    drawn at random from the actions (7 %): a person looks at it afterwards");
    expect(stdout).toContain("today     review: rule (another decision, the policy has changed)");
    expect(stdout).toContain(
      "rule      csam: category nudity is none of csam\n  rule      nudity: matches\n  step      a step",
    );
  });

  it("tells of a claim what it would meet", async () => {
    const explanation: ReportExplanation = {
      ...{ ...claimed, decision, rules, steps: [], facts, policy: "p", inScope: true, isProtected: false },
      ...{ mode: "observe", frozen: null, headroom: [{ limit: "limit-total", used: 3, most: 3 }], liveStreams: null },
      ...{ heldBackBy: ["observed", "limit-total"], notes: [] },
    };
    gateway.answer(() => ({ ...WELL, explanation }));
    const { stdout } = await run([
      "explain",
      "--claim",
      ROOM_TEXT,
      "--source",
      "hive",
      "--category",
      "nudity",
      "--score",
      "0.9",
    ]);
    expect(events()).toEqual([{ action: "explain", reason: "offair explain", claim: claimed }]);
    expect(stdout).toContain("limit     limit-total: 3 of 3 used\n  held back by observed, limit-total");
  });

  it.each([
    [["explain"], "give either a REPORT or --claim"],
    [["explain", "--claim", ROOM_TEXT, "--source", "hive"], "--category is missing"],
    [["explain", "--claim", ROOM_TEXT, "--source", "hive", "--category", "rude"], "--category rude must be one of"],
    [
      ["explain", "--claim", ROOM_TEXT, "--source", "hive", "--category", "spam", "--score", "2"],
      "--score must be 0 to 1",
    ],
  ])("%j is typed wrongly", async (args, sentence) => {
    expect(await run(args)).toMatchObject({ code: 2, stderr: expect.stringContaining(sentence) });
  });
});

describe("doctor", () => {
  const checks = [
    { name: "dead letters live", state: "failed", says: "3 rest", remedy: "offair redrive --queue live" },
    { name: "mode", state: "warning", says: "decisions are recorded", remedy: "offair mode enforce" },
    { name: "Live", state: "ok", says: "it answers" },
  ] as const;

  it("looks from here and from there, and tells what to do", async () => {
    gateway.answer(() => ({ ...refusal(""), errors: [], checks }));
    const { code, stdout } = await run(["doctor"]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^ok {7}url {16}http:\/\/127\.0\.0\.1:\d+, region local$/m);
    expect(stdout).toMatch(/^ok {7}credentials {8}access key LOCALALICE/m);
    expect(stdout).toMatch(/^failed {3}dead letters live {2}3 rest\n +→ offair redrive --queue live$/m);
    expect(stdout).toContain("7 checks: 1 failed, 1 warning\n");
  });

  it("is content with something to know", async () => {
    gateway.answer(() => ({ ...WELL, checks: checks.slice(1) }));
    expect(await run(["doctor"])).toMatchObject({ code: 0 });
  });

  it.each<[string, NodeJS.ProcessEnv, RegExp]>([
    ["no URL", {}, /failed {3}url .*the URL of offair is missing/],
    ["no credentials", { OFFAIR_URL: "http://127.0.0.1:1" }, /failed {3}credentials .*there are no AWS credentials/],
    [
      "nobody there",
      { OFFAIR_URL: "http://127.0.0.1:1", AWS_ACCESS_KEY_ID: "AKIA", AWS_SECRET_ACCESS_KEY: "s" },
      /failed {3}gateway .*nothing is listening/,
    ],
  ])("%s is a check that failed", async (_, env, line) => {
    expect(await run(["doctor"], { env })).toMatchObject({ code: 1, stderr: "", stdout: expect.stringMatching(line) });
  });

  it("warns of a clock that will be off", async () => {
    gateway.setClock(() => new Date(Date.now() - 3 * 60_000));
    expect((await run(["doctor"])).stdout).toMatch(
      /warning {2}clock .*your clock is 3 min(?: \d+ s)? ahead\n +→ Set the clock/,
    );
  });

  it("says it to programs", async () => {
    gateway.answer(() => ({ ...WELL, checks }));
    expect(jsonLines(await run(["doctor", "--json"])).at(-1)).toEqual({
      type: "summary",
      count: 7,
      failed: 1,
      warnings: 1,
      exit: 1,
    });
  });
});

describe("redrive", () => {
  const redriven = [{ id: "m-1", reason: "delivered too often" }];
  it("brings them back, and says if more is left", async () => {
    gateway.answer(() => ({ ...WELL, redriven, truncated: true }));
    const { code, stdout } = await run(["redrive", "--queue", "urgent", "--reason", "mended"]);
    expect(events()).toEqual([{ action: "redrive", queue: "urgent", dryRun: false, reason: "mended" }]);
    expect({ code, stdout }).toEqual({
      code: 1,
      stdout: "m-1  delivered too often\n1 dead letter sent back to the queue; more remain\n",
    });
  });

  it("only looks with --dry-run", async () => {
    gateway.answer(() => ({ ...WELL, redriven }));
    expect(await run(["redrive", "--queue", "bulk", "--dry-run"])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("1 dead letter"),
    });
    expect(events()).toMatchObject([{ queue: "bulk", dryRun: true }]);
  });

  it("names those that were brought back before it failed", async () => {
    gateway.answer(() => ({ ...refusal("ERR_QUEUE: it does not answer"), redriven }));
    const { code, stdout, stderr } = await run(["redrive", "--queue", "urgent", "--reason", "mended"]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: "offair: failed: ERR_QUEUE: it does not answer\n" });
    expect(stdout).toContain("m-1");
  });

  it.each([
    [["redrive"], "--queue is missing"],
    [["redrive", "--queue", "dead"], "--queue must be urgent or bulk"],
    [["redrive", "--queue", "urgent"], "--reason is missing"],
  ])("%j is typed wrongly", async (args, sentence) => {
    expect(await run(args)).toMatchObject({ code: 2, stderr: expect.stringContaining(sentence) });
  });
});

it.each(HOSTILE_STREAMS)("what others wrote is text everywhere: $what", async ({ name }) => {
  const text = `${name}\u001b[2J`;
  const order = { number: 1, action: "disable", reason: text, placedAt: AT, by: text, outcome: "verified" } as const;
  const stream = { domain: text, app: text, stream: text };
  gateway.answer(() => ({
    ...{ ok: true, errors: [{ pointer: "", message: text }], totals: { [text]: 1 }, next: text },
    results: [{ stream, outcome: "failed", error: text, order }],
    mode: {
      mode: "observe",
      changedAt: AT,
      changedBy: text,
      reason: text,
      frozen: { [text]: { changedAt: AT, changedBy: text, reason: text } },
    },
    reviews: [
      {
        key: text,
        source: text,
        stream,
        receivedAt: AT,
        ageMinutes: 1,
        because: text,
        issues: [{ pointer: text, message: text }],
      },
    ],
    checks: [{ name: text, state: "failed", says: text, remedy: text }],
    redriven: [{ id: text, reason: text }],
    verdict: { verdict: text as "approved", by: text, at: AT, reason: text },
    batch: batchOf({ reason: text, requestedBy: text, cancelledBy: text, state: "done" }),
    explanation: {
      key: text,
      source: text,
      receivedAt: AT,
      issues: [{ pointer: text, message: text }],
      stored: { decidedAt: AT, outcome: "review", because: "untranslatable" },
    },
  }));
  const asked = [["list"], ["mode"], ["review"], ["explain", "a#b"], ["doctor"], ["status", ID], ["watch", ID]];
  const judged = ["review", "approve", "a#b", "--reason", "x"];
  for (const args of [
    ...asked,
    ["redrive", "--queue", "urgent", "--dry-run"],
    ["cancel", ID, "--reason", "x"],
    judged,
  ]) {
    for (const format of [[], ["--json"]]) {
      const { stdout, stderr } = await run([...args, ...format]);
      expect(stdout).toMatch(/\\u(001b|\{1b\})\[2J/);
      // The tabs of a list are its own, in its lines only: each line has the cells of the first.
      const isLines = args[0] === "list" && format.length === 0;
      const tabs = stdout
        .trimEnd()
        .split("\n")
        .map((line) => line.split("\t").length - 1);
      if (isLines) expect(new Set(tabs).size).toBe(1);
      expect(isLines ? stdout.replaceAll("\t", "") : stdout).not.toMatch(OBEYED);
      expect(stderr).not.toMatch(OBEYED);
    }
  }
});
