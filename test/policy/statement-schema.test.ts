/** The section `statements`: its example is right, and each mistake is reported with its path. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { parse } from "yaml";
import { policySchema } from "../../lib/policy/lint/lint.ts";

const FILE = readFileSync(join(import.meta.dirname, "../../policy.yml"), "utf8");
const [before = "", commented = ""] = FILE.split("\n# statements:\n");
const example = `${before}\nstatements:\n${commented.replaceAll(/^# ?/gm, "")}`;
const whole = parse(example) as { statements: Record<string, unknown> & { categories: Record<string, object> } };

const issuesOf = (change: object): string[] => {
  const { error } = policySchema.safeParse({ ...whole, statements: { ...whole.statements, ...change } });
  return (error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`);
};
const hate = (change: object) => ({ categories: { hate: { ground: "illegal", ...change } } });

describe("statements", () => {
  it("may be absent, and then nothing is added to the policy", () => {
    const { statements: _, ...rest } = whole;
    expect(policySchema.parse(rest)).not.toHaveProperty("statements");
  });

  it("has an example in policy.yml that is right", () => {
    expect(issuesOf({})).toEqual([]);
    expect(policySchema.parse(whole).statements?.restrictions).toEqual({
      pause: { visibility: "DECISION_VISIBILITY_CONTENT_DISABLED", provision: "none", account: "none" },
      disable: {
        ...{ visibility: "DECISION_VISIBILITY_CONTENT_DISABLED", account: "none" },
        provision: "DECISION_PROVISION_PARTIAL_SUSPENSION",
      },
    });
  });

  it.each<[string, object, string]>([
    [
      "an unknown placeholder",
      { broadcaster: { en: "{broadcaster}" } },
      "statements.broadcaster.en: has the unknown placeholder {broadcaster}",
    ],
    [
      "a placeholder with a blank",
      { broadcaster: { zh: "{ stream }" } },
      "statements.broadcaster.zh: has the unknown placeholder { stream }",
    ],
    [
      "the stream's name in what is published",
      { facts: { en: "{stream}", zh: "{date}" } },
      "statements.facts.en: has the unknown placeholder {stream}",
    ],
    [
      "the same in a category",
      hate({ facts: { en: "{date}", zh: "{redress}" } }),
      "statements.categories.hate.facts.zh: has the unknown placeholder {redress}",
    ],
    [
      "a category of version 1 of the database",
      hate({ category: "STATEMENT_CATEGORY_NON_CONSENSUAL_BEHAVIOUR" }),
      "statements.categories.hate.category: ",
    ],
    [
      "a keyword that the database lacks",
      hate({ keywords: ["KEYWORD_RUDE"] }),
      "statements.categories.hate.keywords.0: ",
    ],
    ["a law that is too long", hate({ reference: "x".repeat(501) }), "statements.categories.hate.reference: "],
    ["a country outside the EEA", { territory: ["CH"] }, "statements.territory: must be EU, EEA, or a list"],
    [
      "a source that the policy lacks",
      { sources: { nobody: "article-16" } },
      "statements.sources.nobody: is not a source of the policy",
    ],
    [
      "no restriction at all",
      { restrictions: { pause: { visibility: "none" } } },
      "statements.restrictions.pause.visibility: must have one restriction",
    ],
    [
      "a statement on illegality of illegal content",
      hate({ alsoIllegal: true }),
      "statements.categories.hate.alsoIllegal: needs ground: incompatible",
    ],
    [
      "another keyword that is not announced",
      hate({ otherKeyword: "rudeness" }),
      "statements.categories.hate.otherKeyword: needs KEYWORD_OTHER",
    ],
    [
      "a category that offair lacks",
      { categories: { rude: { ground: "none" } } },
      'statements.categories: Unrecognized key: "rude"',
    ],
  ])("refuses %s, with its path", (_what, change, expected) => {
    expect(issuesOf(change)).toEqual([expect.stringContaining(expected)]);
  });
});
