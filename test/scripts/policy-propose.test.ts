import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { describe, expect, it } from "@jest/globals";
import type { ReportRecord } from "../../lib/decisions/report-record.ts";
import { reportKey } from "../../lib/reports/report.ts";
import { unifiedDiff, withValue } from "../../scripts/policy-edit.ts";
import { main } from "../../scripts/policy-propose.ts";
import { NOON } from "../support/fixtures.ts";
import { ndjson, paused, replay, useReplayFiles } from "./replay-files.ts";

const { dir, file } = useReplayFiles();
const AT = NOON.toISOString();

const POLICY = `# Who may report.
sources:
  standard: { adapter: standard, grade: A } # our own service
scope:
  - { domain: push.example.com, apps: [live] }
maxReportAgeMinutes: 10
operatorOverrideHours: 24
limits: { total: 1000, perSource: 1000, atLeast: 1000 }
rules:
  - id: harmful
    categories: [weapons, nudity]
    minScore: 0.6 # by experience
    action: pause
  - id: unsure
    categories: [weapons, nudity]
    action: review
`;
const policyFile = join(dir, "policy.yml");
writeFileSync(policyFile, POLICY);

async function propose(args: readonly string[]) {
  const written = { stdout: "", stderr: "" };
  const into = (name: "stdout" | "stderr") =>
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        written[name] += chunk.toString();
        done();
      },
    });
  const io = {
    stdin: Readable.from([]),
    stdout: into("stdout"),
    stderr: into("stderr"),
    env: { OFFAIR_LOCAL_FILE: "" },
  };
  const createClient = () => {
    throw new Error("there is no DynamoDB here");
  };
  const code = await main(["--policy", policyFile, ...args], { ...io, createClient });
  return { code, ...written };
}

const judged = (score: number, isRight: boolean): ReportRecord => ({
  ...paused({ score }),
  ...(isRight
    ? { verdict: { verdict: "approved", by: "ana", at: AT, reason: "a rifle" } }
    : { overturns: [{ because: "false-positive", by: "ana", at: AT, reason: "art, not nudity" }] }),
});
const many = (count: number, score: number, isRight: boolean) =>
  Array.from({ length: count }, () => judged(score, isRight));

describe("policy:propose", () => {
  it("proposes a higher score where the mistakes are in the low bands, as a diff that keeps comments, with its replay", async () => {
    const records = [...many(15, 0.65, false), ...many(10, 0.65, true), ...many(40, 0.95, true)];
    const { code, stdout, stderr } = await propose(["--reports", file(ndjson(records))]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain(
      "source standard is right in 40.0 % (23.4 % to 59.3 %) of 25 cases of rule harmful with a score of 0.6-0.7: minScore 0.6 → 0.7",
    );
    expect(stdout).toContain("-    minScore: 0.6 # by experience\n+    minScore: 0.7 # by experience\n");
    expect(stdout).toMatch(/@@ -9,7 \+9,7 @@/);
    expect(stdout).toContain("65 of 65 past reports can be replayed");
    expect(stdout).toContain("25 decisions change");
    expect(stdout).toContain(
      "agrees with people on 40 of 40 reports that people looked at; it leaves 25 of them to people (then: 50 of 65)",
    );
    expect(readFileSync(policyFile, "utf8")).toBe(POLICY);
  });

  it("raises a rule's score as far as the strictest proposal of all sources", async () => {
    const two = join(dir, "two-sources.yml");
    writeFileSync(two, POLICY.replace("scope:", "  hive: { adapter: standard, grade: A }\nscope:"));
    const ofHive = many(20, 0.65, false).map((each) => {
      const report = { ...each.report, source: "hive" };
      return { ...each, key: reportKey(report), report };
    });
    const records = file(ndjson([...many(20, 0.85, false), ...many(60, 0.95, true), ...ofHive]));
    const { stdout } = await propose(["--policy", two, "--reports", records]);
    expect(stdout).toMatch(/source standard .* minScore 0.6 → 0.9\nsource hive .* minScore 0.6 → 0.7\n/);
    expect(stdout).toContain("+    minScore: 0.9 # by experience\n");
  });

  it("proposes grade D where no score helps", async () => {
    const { code, stdout } = await propose([
      "--reports",
      file(ndjson([...many(20, 0.95, false), ...many(20, 0.95, true)])),
    ]);
    expect(code).toBe(0);
    expect(stdout).toContain("source standard is right in 50.0 % (35.2 % to 64.8 %) of 40 cases: grade A → D");
    expect(stdout).toContain("+  standard: { adapter: standard, grade: D } # our own service");
  });

  it("shows the issues of a proposal that is no valid policy, after its diff", async () => {
    const sooner = "  - { id: certain, categories: [weapons, nudity], minScore: 0.7, action: pause }\n";
    const other = join(dir, "never-matches.yml");
    writeFileSync(other, POLICY.replace("  - id: harmful", `${sooner}  - id: harmful`));
    const records = file(ndjson([...many(20, 0.65, false), ...many(40, 0.95, true)]));
    const { code, stdout, stderr } = await propose(["--policy", other, "--reports", records]);
    expect(code).toBe(2);
    expect(stdout).toContain("+    minScore: 0.7 # by experience\n");
    expect(stderr).toMatch(/the policy as proposed has 2 issues\n.*never matches reports of weapons/);
  });

  it.each([
    ["too few cases", many(19, 0.95, false)],
    ["a source that is right", [...many(2, 0.95, false), ...many(60, 0.95, true)]],
    ["nothing that people looked at", [paused(), paused()]],
  ])("proposes nothing for %s", async (_, records) => {
    const { code, stdout } = await propose(["--reports", file(ndjson(records))]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining("nothing to propose") });
  });

  it.each([
    [["--reports", "x", "--target", "2"], "--target 2 must be between 0 and 1"],
    [["--reports", "x", "--source", "hive"], "--source hive is not a source of the policy"],
    [[], "give either --reports or --since"],
  ])("refuses %j", async (args, message) => {
    expect(await propose(args)).toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
  });
});

describe("policy:replay", () => {
  it("marks each decision that disagrees with a person, also one that does not change, and counts how often it agrees", async () => {
    const records = [judged(0.9, false), judged(0.9, true), paused({ score: 0.5 })];
    const args = ["--policy", policyFile, "--reports", file(ndjson(records))];
    const { code, stdout } = await replay(args);
    expect(code).toBe(0);
    const [marked = ""] = stdout.split("\n").filter((line) => line.includes("!"));
    expect(marked).toContain("! a person marked this as wrong (false-positive): art, not nudity");
    expect(stdout).toContain("agrees with people on 1 of 2 reports that people looked at (then: 1 of 2)\n");
    expect((await replay([...args, "--disagreements", "0"])).code).toBe(1);
    expect((await replay([...args, "--disagreements", "50%"])).code).toBe(0);
    expect((await replay([...args, "--budget", "1"])).code).toBe(0); // only the third decision changes
    const json = (await replay([...args, "--json"])).stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(json.map(({ kind }) => kind)).toEqual(["disagreement", "change", "summary"]);
    expect(json.at(-1).agreement.would).toEqual({ agrees: 1, disagrees: 1, asks: 0 });
    const over = await replay([...args, "--json", "--disagreements", "0"]);
    expect(over.code).toBe(1);
    const summary = JSON.parse(over.stdout.trimEnd().split("\n").at(-1) ?? "");
    expect(summary).toMatchObject({ disagreements: "0", isOverDisagreements: true });
    expect(json.at(-1)).not.toHaveProperty("isOverDisagreements");
  });

  it("says what a person rejected, where the candidate would act", async () => {
    const rejected = {
      ...paused({ score: 0.9 }),
      ...{ decision: { action: "review", because: "rule", rule: "unsure" }, outcome: "review" },
      verdict: { verdict: "rejected", by: "ana", at: AT, reason: "art, not nudity" },
    };
    const { stdout } = await replay(["--policy", policyFile, "--reports", file(ndjson([rejected]))]);
    expect(stdout).toMatch(/review \(unsure\) → pause \(harmful\).*! a person rejected this: art, not nudity/);
  });
});

describe("the diff", () => {
  it("counts the lines that the file has, so that the patch applies near its end", () => {
    expect(unifiedDiff("a\nb\nc\n", "a\nb\nd\n", "x")).toBe("--- x\n+++ x\n@@ -1,3 +1,3 @@\n a\n b\n-c\n+d\n");
    const noNewline = "\\ No newline at end of file\n";
    expect(unifiedDiff("a\nb", "a\nc", "x")).toBe(
      `--- x\n+++ x\n@@ -1,2 +1,2 @@\n a\n-b\n${noNewline}+c\n${noNewline}`,
    );
    expect(unifiedDiff("a\nb", "c\nb", "x")).toBe(`--- x\n+++ x\n@@ -1,2 +1,2 @@\n-a\n+c\n b\n${noNewline}`);
  });

  it("changes one value, and shows it with its neighbours", () => {
    const text = "a: 1\nb: 2\nc: 3\nd: 4\ne: 5\nf: { g: 6 } # six\n";
    const after = withValue(text, ["f", "g"], "7") ?? "";
    expect(unifiedDiff(text, after, "x.yml")).toBe(
      "--- x.yml\n+++ x.yml\n@@ -3,4 +3,4 @@\n c: 3\n d: 4\n e: 5\n-f: { g: 6 } # six\n+f: { g: 7 } # six\n",
    );
    expect(withValue(text, ["f", "h"], "7")).toBeUndefined();
  });
});
