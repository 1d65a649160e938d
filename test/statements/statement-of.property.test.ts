/** Whatever happened and whatever the policy says: what is written is right by the EU's rules, and names no person and no stream. */
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { Action } from "../../lib/statements/action.ts";
import { type EuStatement, euStatementSchema } from "../../lib/statements/eu/eu-statement.ts";
import { monthOf } from "../../lib/statements/month.ts";
import { puidOf } from "../../lib/statements/puid.ts";
import { statementOf } from "../../lib/statements/statement-of.ts";
import { problemsOf } from "../../local/transparency/published-rules.ts";
import { runs } from "../support/runs.ts";
import { arbitraryAction, arbitrarySettings } from "./arbitrary-statement.ts";

const written = (action: Action, settings: Parameters<typeof statementOf>[1]): EuStatement | undefined => {
  const stated = statementOf(action, settings);
  return stated.kind === "statement" ? stated.statement : undefined;
};

describe("what is written", () => {
  it("passes the schema, and the database's own validation", () => {
    let count = 0;
    fc.assert(
      fc.property(arbitraryAction, arbitrarySettings, (action, settings) => {
        const statement = written(action, settings);
        if (!statement) return;
        count += 1;
        expect(euStatementSchema.safeParse(statement).error).toBeUndefined();
        expect(problemsOf(statement)).toEqual({});
      }),
      { numRuns: runs(5_000) },
    );
    expect(count).toBeGreaterThan(runs(5_000) / 20);
  });

  it("is complete, or says what is missing", () => {
    fc.assert(
      fc.property(arbitraryAction, arbitrarySettings, (action, settings) => {
        const stated = statementOf(action, settings);
        if (stated.kind === "incomplete") expect(stated.missing.length).toBeGreaterThan(0);
      }),
      { numRuns: runs(2_000) },
    );
  });

  it("is refused after any change that breaks a rule", () => {
    fc.assert(
      fc.property(arbitraryAction, arbitrarySettings, fc.nat(), (action, settings, which) => {
        const statement = written(action, settings);
        if (!statement) return;
        const [field, broken] = BREAKS[which % BREAKS.length] ?? BREAKS[0];
        const { error } = euStatementSchema.safeParse({ ...statement, ...broken });
        expect(error?.issues.map(({ path }) => path[0])).toContain(field);
      }),
      { numRuns: runs(2_000) },
    );
  });

  it("has nothing that names a stream, a source or a cause", () => {
    fc.assert(
      fc.property(arbitraryAction, arbitrarySettings, fc.uuid(), (action, settings, secret) => {
        const marked: Action = {
          ...action,
          stream: { domain: `${secret}.example.com`, app: `app-${secret}`, stream: `room-${secret}` },
          cause: `hive#${secret}`,
        };
        const own = { ...settings, sources: { ...settings.sources, [`source-${secret}`]: "classifier" } };
        const report =
          typeof marked.report === "object" ? { ...marked.report, source: `source-${secret}` } : marked.report;
        const { statements, broadcasters, incomplete, leftOut } = monthOf(
          { actions: [{ ...marked, ...(report && { report }) }], overturned: [] },
          own,
          { withNames: false },
        );
        expect(JSON.stringify([statements, broadcasters, incomplete, leftOut])).not.toContain(secret);
      }),
      { numRuns: runs(2_000) },
    );
  });
});

const BREAKS: [[string, object], ...[string, object][]] = [
  ["puid", { puid: "a b" }],
  ["category", { category: "weapons" }],
  ["application_date", { application_date: "14.03.2026" }],
  ["decision_facts", { decision_facts: "x".repeat(5_001) }],
  ["territorial_scope", { territorial_scope: ["US"] }],
  ["content_type", { content_type: [] }],
  ["source_type", { source_type: "SOURCE_POLICE" }],
  ["decision_monetary_other", { decision_monetary_other: "nothing is paid" }],
  ["automated_decision", { automated_decision: "Yes" }],
];

describe("a puid", () => {
  it("is the same for the same action, however the policy, the overturns and the outcome change", () => {
    fc.assert(
      fc.property(arbitraryAction, (action) => {
        const later: Action = { ...action, outcome: "verified", overturn: { because: "policy", at: action.endedAt } };
        expect(puidOf(later)).toBe(puidOf(action));
      }),
    );
  });

  it("differs for two actions, and cannot be found by hashing guesses of the name alone", () => {
    fc.assert(
      fc.property(arbitraryAction, (action) => {
        const others: Action[] = [
          { ...action, number: action.number + 1 },
          { ...action, cause: `${action.cause}2` },
          { ...action, stream: { ...action.stream, stream: `${action.stream.stream}2` } },
        ];
        expect(new Set([action, ...others].map(puidOf)).size).toBe(4);
      }),
    );
  });
});
