/** Which field of a statement follows from what: one change of one action a case. */
import { describe, expect, it } from "@jest/globals";
import { statementsShape } from "../../lib/policy/statement-schema.ts";
import type { Action } from "../../lib/statements/action.ts";
import type { EuStatement } from "../../lib/statements/eu/eu-statement.ts";
import type { FullSettings } from "../../lib/statements/settings.ts";
import { statementOf } from "../../lib/statements/statement-of.ts";

const ACTION: Action = {
  stream: { domain: "push.example.com", app: "live", stream: "room-42" },
  ...{ number: 1, action: "disable", outcome: "verified", cause: "hive#1", decider: "rule" },
  ...{
    placedAt: "2026-03-14T23:59:59.000Z",
    effectAt: "2026-03-14T23:59:59.500Z",
    endedAt: "2026-03-15T00:00:01.000Z",
  },
  resumeTime: "2026-03-21T23:59:59Z",
  report: { source: "hive", category: "hate", occurredAt: "2026-03-14T23:58:00.000Z", score: 0.9 },
};
const LAW = { reference: "a law", explanation: "because" };

const settingsOf = (statements: object = {}): FullSettings => ({
  policy: "c".repeat(64),
  sources: { hive: "classifier", form: "people", flagger: "trusted-flagger", police: "authority" },
  statements: statementsShape.parse({
    ...{ platform: "Example Live", territory: ["DE"], categories: { hate: { ground: "illegal", ...LAW } } },
    ...statements,
  }),
});

function written(action: Partial<Action> = {}, statements: object = {}): EuStatement {
  const stated = statementOf({ ...ACTION, ...action }, settingsOf(statements));
  if (stated.kind !== "statement") throw new Error(JSON.stringify(stated));
  return stated.statement;
}
const from = (source: string, category = "hate") => ({ report: { source, category } });

describe("a disable", () => {
  it("restricts visibility and suspends the service in part, until the day of the resume time", () => {
    expect(written()).toMatchObject({
      decision_visibility: ["DECISION_VISIBILITY_CONTENT_DISABLED"],
      decision_provision: "DECISION_PROVISION_PARTIAL_SUSPENSION",
      ...{ end_date_visibility_restriction: "2026-03-21", end_date_service_restriction: "2026-03-21" },
      ...{ application_date: "2026-03-14", content_date: "2026-03-14" },
    });
    expect(written()).not.toHaveProperty("decision_account");
  });

  it("is what the policy says, and a termination has no end", () => {
    const disable = { visibility: "none", provision: "none", account: "DECISION_ACCOUNT_TERMINATED" };
    const statement = written({}, { restrictions: { disable } });
    expect(statement.decision_account).toBe("DECISION_ACCOUNT_TERMINATED");
    for (const absent of ["decision_visibility", "decision_provision", "end_date_account_restriction"]) {
      expect(statement).not.toHaveProperty(absent);
    }
  });
});

it("a pause restricts visibility only, and ends on its day", () => {
  const { resumeTime: _, ...pause } = ACTION;
  const stated = statementOf({ ...pause, action: "pause", outcome: "accepted" }, settingsOf());
  expect(stated).toMatchObject({ statement: { end_date_visibility_restriction: "2026-03-14" } });
  expect(stated).not.toHaveProperty("statement.decision_provision");
});

it("content that is seen after the call, by a clock that is ahead, is of the day of the call", () => {
  const report = { source: "hive", category: "hate", occurredAt: "2026-03-15T00:04:00.000Z" };
  expect(written({ report }).content_date).toBe("2026-03-14");
});

describe("the source", () => {
  it.each([
    ["hive", "illegal", "SOURCE_VOLUNTARY"],
    ["form", "illegal", "SOURCE_ARTICLE_16"],
    ["form", "incompatible", "SOURCE_TYPE_OTHER_NOTIFICATION"],
    ["flagger", "incompatible", "SOURCE_TRUSTED_FLAGGER"],
  ])("%s, of %s content, is %s", (source, ground, expected) => {
    expect(written(from(source), { categories: { hate: { ground, ...LAW } } }).source_type).toBe(expected);
  });

  it("is what the policy says of it", () => {
    expect(written(from("hive"), { sources: { hive: "trusted-flagger" } }).source_type).toBe("SOURCE_TRUSTED_FLAGGER");
    expect(written(from("police"), { sources: { police: "other-notification" } }).source_type).toBe(
      "SOURCE_TYPE_OTHER_NOTIFICATION",
    );
  });

  it("of an authority needs no statement", () => {
    expect(statementOf({ ...ACTION, ...from("police") }, settingsOf())).toMatchObject({
      ...{ kind: "left-out", because: "order-of-an-authority" },
    });
  });
});

describe("automation", () => {
  it.each([
    ["rule", "AUTOMATED_DECISION_FULLY"],
    ["rule-and-person", "AUTOMATED_DECISION_PARTIALLY"],
    ["person", "AUTOMATED_DECISION_NOT_AUTOMATED"],
  ] as const)("a decision by %s is %s", (decider, expected) => {
    expect(written({ decider }).automated_decision).toBe(expected);
  });

  it("detected it if a classifier reported, or if the report has a score", () => {
    expect(written(from("hive")).automated_detection).toBe("Yes");
    expect(written(from("form")).automated_detection).toBe("No");
    expect(written({ report: { source: "form", category: "hate", score: 0.4 } }).automated_detection).toBe("Yes");
  });
});

describe("an incomplete statement", () => {
  const missingOf = (action: Partial<Action>, statements: object = {}) => {
    const stated = statementOf({ ...ACTION, ...action }, settingsOf(statements));
    return stated.kind === "incomplete" ? stated.missing.map(({ field }) => field) : stated.kind;
  };
  const { report: _, ...withoutReport } = ACTION;

  it.each<[string, Partial<Action>, object, string[]]>([
    ["a category that the policy does not have", from("hive", "weapons"), {}, ["decision_ground"]],
    [
      "a category without a law",
      {},
      { categories: { hate: { ground: "illegal", explanation: "x" } } },
      ["illegal_content_legal_ground"],
    ],
    [
      "a category without both texts",
      {},
      { categories: { hate: { ground: "incompatible" } } },
      ["incompatible_content_ground", "incompatible_content_explanation"],
    ],
    ["a category of a later version", from("hive", "deepfakes"), {}, ["category"]],
    ["a source that is gone", from("gone"), {}, ["source_type"]],
    ["an outcome that is not known", { outcome: "unknown" }, {}, ["application_date"]],
    ["a report that was not read", { report: "unread" }, {}, ["category"]],
  ])("is that of %s", (_what, action, statements, fields) => {
    expect(missingOf(action, statements)).toEqual(fields);
  });

  it("is that of an operator's order without a report, unless the policy has a category for it", () => {
    const operator: Action = { ...withoutReport, decider: "person" };
    expect(statementOf(operator, settingsOf())).toMatchObject({ kind: "incomplete", missing: [{ field: "category" }] });
    expect(statementOf(operator, settingsOf({ withoutReport: "hate" }))).toMatchObject({
      statement: { source_type: "SOURCE_VOLUNTARY", automated_decision: "AUTOMATED_DECISION_NOT_AUTOMATED" },
    });
  });

  it("is that of facts which are too long once they are filled in", () => {
    const long = `${"{category}".repeat(490)} ${"{source}".repeat(10)}`;
    expect(missingOf(from("form"), { facts: { en: long, zh: long } })).toEqual(["decision_facts"]);
  });
});
