import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "@jest/globals";
import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import { changeText, coverageText, historyText, tallyText } from "../../scripts/policy-replay-text.ts";
import { ndjson, paused, replay, useReplayFiles } from "./replay-files.ts";

const { dir, file, same, stricter, three } = useReplayFiles();

describe("policy:replay", () => {
  it("tells coverage first, then each change with its reason, the counts and the limits", async () => {
    const { code, stdout, stderr } = await replay(["--policy", stricter, "--reports", three]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const lines = stdout.split("\n").filter((line) => line !== "");
    expect(lines[0]).toBe("3 of 3 past reports can be replayed");
    expect(lines[1]).toMatch(/^standard#1 {2}push\.example\.com\/live\/room-\S+ {2}weapons 0\.9 {2}/);
    expect(lines[1]).toMatch(/ {2}pause \(harmful\) → review \(unsure\): score 0\.9 is below minScore 0\.95$/);
    expect(lines[2]).toMatch(/^standard#3 /);
    expect(lines[3]).toBe("2 decisions change (66.7 %)");
    expect(lines).toEqual(expect.arrayContaining(["pause: 3 → 1", "review: 0 → 2", "held: 0 → 0"]));
    expect(stdout).toContain("limit-total: 1 of 1,000,000 at the fullest");
  });

  it("prints objects with --json, the summary last", async () => {
    const { code, stdout } = await replay(["--policy", stricter, "--reports", three, "--json", "--budget", "2"]);
    const objects = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(code).toBe(0);
    expect(objects.map(({ kind, key }) => [kind, key])).toEqual([
      ...[
        ["change", "standard#1"],
        ["change", "standard#3"],
        ["summary", undefined],
      ],
    ]);
    expect(objects.at(-1)).toMatchObject({
      ...{ coverage: { total: 3, replayable: 3 }, changed: 2, budget: "2", isOverBudget: false },
      answers: { was: { pause: 3 }, would: { pause: 1, review: 2 } },
      limits: { actions: 1, held: 0 },
    });
  });

  it.each([
    ["2", 0],
    ["1", 1],
    ["66.7%", 0],
    ["66%", 1],
    ["0", 1],
  ])("with a budget of %s exits with %i", async (budget, expected) => {
    const { code, stdout } = await replay(["--policy", stricter, "--reports", three, "--budget", budget]);
    expect(code).toBe(expected);
    expect(stdout).toContain(`${expected ? "over" : "within"} the budget of ${budget}`);
  });

  it("says that a budget means nothing where nothing can be replayed", async () => {
    const { facts: _facts, ...old } = paused();
    const { code, stdout, stderr } = await replay([
      "--policy",
      same,
      "--reports",
      file(ndjson([old])),
      "--budget",
      "5",
    ]);
    expect(code).toBe(2);
    expect(stdout).toContain("0 of 1 past reports can be replayed; 1 without facts");
    expect(stderr).toContain("the budget cannot be checked");
  });

  it.each<[string, string | Uint8Array, string]>([
    ["an empty file", "", "ndjson"],
    ["a file of blank lines", "\n\n \r\n\t\n", "ndjson"],
    ["an empty file that is gzipped", gzipSync(""), "ndjson.gz"],
    ["an untranslated message", ndjson([{ key: "standard#1", untranslated: {} }]), "ndjson"],
  ])("exits with 2 where nothing was replayed, with a budget and without: %s", async (_, content, ending) => {
    const reports = ["--policy", same, "--reports", file(content, ending)];
    for (const more of [[], ["--json"], ["--budget", "1%"], ["--budget", "0"], ["--json", "--budget", "1%"]]) {
      const { code, stdout, stderr } = await replay([...reports, ...more]);
      expect(code).toBe(2);
      expect(stderr).toMatch(/^nothing was replayed: (there are no reports|none of the reports can be replayed)/);
      expect(stdout).not.toMatch(/within|isOverBudget/);
    }
  });

  it("exits with 2 where a command that failed writes nothing into the pipe", async () => {
    const { code, stderr } = await replay(["--policy", same, "--reports", "-", "--budget", "1%"]);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: "nothing was replayed: there are no reports, so the budget cannot be checked\n",
    });
  });

  it("reads gzip", async () => {
    const plain = await replay(["--policy", stricter, "--reports", three]);
    const zipped = file(gzipSync(readFileSync(three)), "ndjson.gz");
    expect(await replay(["--policy", stricter, "--reports", zipped])).toEqual(plain);
  });

  it("shows a hostile name as text, in JSON too", async () => {
    const { stdout, code } = await replay([
      ...["--policy", stricter, "--reports", file(ndjson([paused({ id: "\u001b[2J\u202e1" })]))],
    ]);
    expect(code).toBe(0);
    expect(stdout).toContain("standard#\\u{1b}[2J\\u{202e}1");
    const json = await replay([
      ...["--json", "--policy", stricter, "--reports", file(ndjson([paused({ id: "\u009b2J\u202e\u{e0001}1" })]))],
    ]);
    expect(json.stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]|\udb40/);
    expect(JSON.parse(json.stdout.split("\n")[0] ?? "").key).toBe("standard#\u009b2J\u202e\u{e0001}1");
  });

  const secret = "hunter2";
  it.each<[string, string[], string]>([
    ["a name that is not UTF-8", ["--policy", same, "--reports", "caf\ufffd"], "is not UTF-8"],
    ["no policy", ["--reports", three], "--policy is missing"],
    ["no reports", ["--policy", same], "give either --reports or --since"],
    ["both", ["--policy", same, "--reports", three, "--since", "1d"], "give either --reports or --since"],
    ["a budget of letters", ["--policy", same, "--reports", three, "--budget", "few"], "--budget must be"],
    ["more than all", ["--policy", same, "--reports", three, "--budget", "101%"], "--budget must be"],
    ["half a decision", ["--policy", same, "--reports", three, "--budget", "1.5"], "--budget must be"],
    ["a time to come", ["--policy", same, "--since", "2999-01-01"], "--since must be"],
    ...["2026-02-30", "2026-02-30T00:00:00Z", "2026-11-20T24:00:00Z", "2026-11-20T12:00Z", "2026-11-20t12:00:00z"].map(
      (since): [string, string[], string] => [
        `the time ${since}`,
        ["--policy", same, "--since", since],
        "--since must be",
      ],
    ),
    ["a time that is none", ["--policy", same, "--since", "30 days"], "--since must be"],
    ["the beginning of time", ["--policy", same, "--since", "1970-01-01"], "--since must be"],
    ["no table", ["--policy", same, "--since", "1d"], "LEDGER_TABLE is not set"],
    ["an option that is none", ["--policy", same, "--report", three], "'--report'"],
    ["no such file", ["--policy", same, "--reports", join(dir, "none")], "none: ENOENT"],
    ["a directory", ["--policy", same, "--reports", dir], "EISDIR"],
    ["no such policy", ["--policy", join(dir, "none.yml"), "--reports", three], "ENOENT"],
    [
      "a policy with a fault",
      ["--policy", file("rules:\n  - id: 7\n", "yml"), "--reports", three],
      ".yml:2:5 rules[0].action",
    ],
    [
      "what is no JSON",
      ["--policy", same, "--reports", file(`${ndjson([paused()])}{"key": ${secret}}\n`)],
      ".ndjson:2: is not JSON",
    ],
    [
      "half a record at the end",
      ["--policy", same, "--reports", file(ndjson([paused()]).slice(0, -20))],
      ".ndjson:1: is not JSON",
    ],
    [
      "bytes that are no text",
      ["--policy", same, "--reports", file(Uint8Array.of(0x22, 0xff, 0x22))],
      ".ndjson:1: is not UTF-8",
    ],
    [
      "a policy in Latin-1",
      ["--policy", file(Buffer.from("# soir\u00e9e\n", "latin1"), "yml"), "--reports", three],
      ".yml:1:1 is not UTF-8",
    ],
    [
      "reports in UTF-16",
      ["--policy", same, "--reports", file(Buffer.from(`\ufeff${ndjson([paused()])}`, "utf16le"))],
      ".ndjson:1: is UTF-16 and not UTF-8",
    ],
    [
      "other JSON",
      ["--policy", same, "--reports", file(`\n{"key": "${secret}"}\n`)],
      ".ndjson:2: the whole: is not a record",
    ],
    [
      "a score that is none",
      ["--policy", same, "--reports", file(ndjson([paused({ score: 8 })]))],
      ".ndjson:1: /report/score",
    ],
    [
      "a line without end",
      ["--policy", same, "--reports", file(Buffer.alloc(5 * 1024 * 1024, "x"))],
      ".ndjson:1: is longer than any record",
    ],
    ["a gzip that is none", ["--policy", same, "--reports", file("plain", "gz")], "incorrect header check"],
    [
      "half a gzip",
      ["--policy", same, "--reports", file(gzipSync(ndjson([paused(), paused()])).subarray(0, 99), "gz")],
      "unexpected end of file",
    ],
  ])("exits with 2 and says what is wrong: %s", async (_, args, message) => {
    const { code, stderr } = await replay(args);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
    expect(stderr).not.toContain(secret);
    expect(stderr).not.toMatch(/^ {4}at /m);
  });

  it("explains itself", async () => {
    const { code, stdout } = await replay(["--help"]);
    expect(code).toBe(0);
    expect(stdout).toContain("is not simulated");
  });
});

describe("what is shown", () => {
  const terminal = { isTerminal: true, isColoured: true };

  it("has colours and columns on a terminal, and neither in a pipe", () => {
    const tally = { ignore: 0, review: 0, refuse: 0, pause: 1_234, disable: 0, held: 0 };
    const counts = { was: tally, would: { ...tally, pause: 5 } };
    const lines = tallyText(counts, { isTerminal: true, isColoured: false }).split("\n");
    expect(new Set(lines.map((line) => line.length)).size).toBe(1);
    expect(lines).toContain("pause     1,234      5");
    expect(tallyText(counts, terminal)).toContain("\u001b[");
    expect(tallyText(counts, { isTerminal: false, isColoured: false })).toContain("pause: 1,234 → 5");
  });

  it("names the limit that parks, the hours, and the reason beside the rule", () => {
    const disable = { action: "disable", because: "repeat", rule: "harmful", hours: 24 } as const;
    expect(historyText({ ...disable, held: "limit-share" })).toBe("disable 24 h (harmful, repeat), held: limit-share");
    expect(historyText({ action: "ignore", because: "no-rule" })).toBe("ignore (no-rule)");
  });

  it("lets nothing of a record reach the terminal but text", () => {
    const { report, key } = paused({ stream: { domain: "push.example.com", app: "live", stream: "a\u202eb\u0007" } });
    const was = { action: "pause", because: "\u001b]0;x\u0007", rule: "harmful" } as const;
    const shown = changeText(
      { key, workedAt: "", report, was, would: was, why: "\u2066" },
      { isTerminal: false, isColoured: false },
    );
    expect(shown).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(shown).toContain("live/a\\u{202e}b\\u{7}");
    expect(escapeInvisible("back\\slash")).toBe("back\\\\slash");
  });

  it("says of what there is none nothing", () => {
    const none = { withoutFacts: 0, untranslated: 0, republish: 0, appeals: 0, withoutOthers: 0 };
    expect(coverageText({ ...none, total: 3_655, replayable: 3_412, withoutFacts: 201, withoutOthers: 42 })).toBe(
      "3,412 of 3,655 past reports can be replayed; 201 without facts, 42 without the other reports of their time",
    );
  });
});
