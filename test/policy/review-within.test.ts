import { describe, expect, it } from "@jest/globals";
import { issuesOf } from "../../lib/core/issues.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../lib/core/time.ts";
import { policySchema } from "../../lib/policy/lint/lint.ts";
import { SOURCE_KINDS, WITHIN_BY_KIND, withinMs } from "../../lib/policy/review-within.ts";
import { reviewWithinMs } from "../../lib/policy/time-to-review.ts";
import { policy } from "../support/fixtures.ts";

const says = (words: string) => expect.stringContaining(words);
const form = { adapter: "standard", grade: "A" };
const unsure = { id: "unsure", categories: ["csam"], action: "review" };

/** Where each issue is, and what it says. */
function issues(change: object): [string, string][] {
  const { error } = policySchema.safeParse({ ...policy, sources: { form }, rules: [], ...change });
  return error ? issuesOf(error).map(({ pointer, message }) => [pointer, message]) : [];
}

describe("a time to review", () => {
  it.each<[string, number]>([
    ["15m", 15 * MINUTE_MS],
    ["090m", 90 * MINUTE_MS],
    ["1h", HOUR_MS],
    ["30d", 30 * DAY_MS],
    ["720h", 30 * DAY_MS],
  ])("is read: %s", (text, ms) => {
    expect(withinMs(text)).toBe(ms);
    const both = { sources: { form: { ...form, reviewWithin: text } }, rules: [{ ...unsure, reviewWithin: text }] };
    expect(issues(both)).toEqual([]);
  });

  it.each<[unknown, string]>([
    ["1w", "the unit m, h or d"],
    ["1", "the unit m, h or d"],
    ["", "the unit m, h or d"],
    ["1H", "the unit m, h or d"],
    ["1h30m", "the unit m, h or d"],
    ["1.5h", "the unit m, h or d"],
    ["-1h", "the unit m, h or d"],
    [" 1h", "the unit m, h or d"],
    ["1h\n", "the unit m, h or d"],
    ["一h", "the unit m, h or d"],
    [60, "the unit m, h or d"],
    [null, "the unit m, h or d"],
    ["0m", "write 15m or more"],
    ["14m", "write 15m or more"],
    ["31d", "write 30d or less"],
    ["721h", "write 30d or less"],
    [`${"9".repeat(400)}d`, "write 30d or less"],
  ])("is refused, at its place and with the remedy: %j", (reviewWithin, remedy) => {
    expect(issues({ rules: [{ ...unsure, reviewWithin }] })).toEqual([["/rules/0/reviewWithin", says(remedy)]]);
    expect(issues({ sources: { form: { ...form, reviewWithin } } })).toEqual([
      ["/sources/form/reviewWithin", says(remedy)],
    ]);
  });

  it.each<[string, object]>([
    ["review", {}],
    ["pause", { action: "pause" }],
    ["disable", { action: "disable", disableHours: 1 }],
  ])("belongs to a rule whose reports may wait: %s", (_, change) => {
    expect(issues({ rules: [{ ...unsure, ...change, reviewWithin: "1h" }] })).toEqual([]);
  });

  it("belongs to no rule that ignores reports", () => {
    const [[at] = []] = issues({ rules: [{ ...unsure, action: "ignore", reviewWithin: "1h" }] });
    expect(at).toMatch(/^\/rules\/0/);
  });

  it("of an urgent rule is not longer than that of a rule that is not", () => {
    const urgent = { ...unsure, minScore: 0.5, urgent: true, reviewWithin: "4h" };
    const calm = { ...unsure, id: "calm", reviewWithin: "1h" };
    expect(issues({ rules: [urgent, calm] })).toEqual([["/rules/0/reviewWithin", says('rule "calm" leaves only 1h')]]);
    expect(issues({ rules: [{ ...urgent, reviewWithin: "1h" }, calm] })).toEqual([]);
    expect(issues({ rules: [urgent, { ...calm, categories: ["nudity"] }] })).toEqual([]);
  });

  it("is not longer than that of every source, which would always count instead", () => {
    const rules = [{ ...unsure, reviewWithin: "4h" }];
    const sources = { form: { ...form, reviewWithin: "1h" }, vendor: { ...form, secret: "v" } };
    expect(issues({ sources, rules })).toEqual([]);
    expect(issues({ sources: { form: sources.form }, rules })).toEqual([
      ["/rules/0/reviewWithin", says("never counts")],
    ]);
  });
});

describe("the time that people have for a case", () => {
  const [rule] = policySchema.parse({ ...policy, rules: [{ ...unsure, reviewWithin: "4h" }] }).rules;
  const sourcesOf = (sources: object) => policySchema.parse({ ...policy, sources, rules: [] });
  const minutes = (...asked: Parameters<typeof reviewWithinMs>) => reviewWithinMs(...asked) / MINUTE_MS;

  it("is the shorter one of the rule and the source", () => {
    const both = sourcesOf({
      fast: { ...form, reviewWithin: "20m" },
      slow: { ...form, secret: "s", reviewWithin: "2d" },
    });
    expect(minutes(rule, ["fast"], both)).toBe(20);
    expect(minutes(rule, ["slow"], both)).toBe(240);
    expect(minutes(undefined, ["slow"], both)).toBe(48 * 60);
    expect(minutes(undefined, ["slow", "fast"], both)).toBe(20);
    expect(minutes(rule, [], both)).toBe(240);
  });

  it.each(SOURCE_KINDS)("is the default of the kind if nobody says one: %s", (kind) => {
    const own = sourcesOf({ one: { ...form, kind } });
    expect(reviewWithinMs(undefined, ["one"], own)).toBe(withinMs(WITHIN_BY_KIND[kind]));
    expect(minutes(rule, ["one"], own)).toBe(240);
  });

  it.each<[string, object, string]>([
    ["standard", {}, "people"],
    ["sightengine", { grade: "B", categories: { a: "nudity" } }, "classifier"],
    ["huawei-push", { grade: "D" }, "classifier"],
  ])("has a kind by the adapter: %s", (adapter, change, kind) => {
    const own = sourcesOf({ one: { ...form, adapter, ...change } });
    expect(reviewWithinMs(undefined, ["one"], own)).toBe(withinMs(WITHIN_BY_KIND[kind as "people"]));
  });

  it.each(["gone", "constructor", "live:statistics"])(
    "is a classifier's for a source that nobody knows: %s",
    (name) => {
      expect(minutes(undefined, [name], sourcesOf({ form }))).toBe(8 * 60);
    },
  );
});
