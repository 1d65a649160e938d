import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "@jest/globals";
import fc from "fast-check";
import { createEvaluator, type Evaluation, verdictOf } from "../../../local/iam/evaluate.ts";
import type { Role } from "../../../local/iam/iam.ts";
import { type Policy, policySchema } from "../../../local/iam/policy.ts";
import { rightsOf, usesRight } from "../../../local/iam/rights.ts";
import { createRightsRecord } from "../../../local/iam/rights-record.ts";
import { runs } from "../../support/runs.ts";

const accountId = "000000000000";
const table = (name: string) => `arn:aws:dynamodb:eu-central-1:${accountId}:table/${name}`;
const action = fc.constantFrom("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query");
const name = fc.constantFrom("Ledger", "Ledger/index/byTime", "Other", "Led.er", "Ledge+");
const keyName = fc.constantFrom("STREAM#1", "STREAM#", "STREAM", "REPORT#a#b", "CONTROL", "a.c", "abc", "A.C", "x\ny");
const statement = fc.record({
  Effect: fc.constant("Allow"),
  Action: fc.array(fc.oneof(action, fc.constantFrom("dynamodb:*", "dynamodb:Get*", "dynamodb:PUTITEM")), {
    minLength: 1,
    maxLength: 2,
  }),
  Resource: fc.array(fc.oneof(name, fc.constantFrom("*", "Ledger*", "Led?er")).map(table), {
    minLength: 1,
    maxLength: 2,
  }),
  Condition: fc.option(
    fc
      .array(fc.oneof(keyName, fc.constantFrom("STREAM#*", "*", "REPORT#*#b", "a.c")), { minLength: 1, maxLength: 3 })
      .map((keys) => ({ "ForAllValues:StringLike": { "dynamodb:LeadingKeys": keys } })),
    { nil: undefined },
  ),
});
const policy = fc
  .array(statement, { minLength: 1, maxLength: 3 })
  .map((Statement): Policy => policySchema.parse({ Version: "2012-10-17", Statement }));
const call = fc.record({ action, resource: name.map(table), key: keyName }).map(({ key, ...rest }) => ({
  ...rest,
  context: { "dynamodb:LeadingKeys": [key] },
}));
const evaluation = (identity: Policy, one: Evaluation["call"]): Evaluation => ({
  principal: { name: `arn:aws:sts::${accountId}:assumed-role/Role/session`, context: {}, policies: { identity } },
  ...{ call: one, resourcePolicy: undefined, accountId },
});

it("a call is allowed exactly if it uses a right, so the rights that no call used are not needed", () => {
  let allowed = 0;
  fc.assert(
    fc.property(policy, call, (identity, one) => {
      const isAllowed = verdictOf(evaluation(identity, one)) === "allowed";
      if (isAllowed) allowed++;
      // iam-simulate's patterns end at a line break, IAM's do not: no partition key of the ledger has one.
      fc.pre(!String(one.context["dynamodb:LeadingKeys"]).includes("\n"));
      expect(rightsOf(identity).some((right) => usesRight(one, right))).toBe(isAllowed);
    }),
    { numRuns: runs(1_000) },
  );
  expect(allowed).toBeGreaterThan(0);
});

it("a batch uses the right of each of its keys", () => {
  const keys = ["STREAM#*", "REPORT#*", "CONTROL"];
  const Condition = { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": keys } };
  const statement = { Effect: "Allow", Action: "dynamodb:BatchGetItem", Resource: table("Ledger"), Condition };
  const batch = {
    ...{ action: "dynamodb:BatchGetItem", resource: table("Ledger") },
    context: { "dynamodb:LeadingKeys": ["STREAM#1", "REPORT#1"] },
  };
  const used = rightsOf(policySchema.parse({ Statement: statement })).filter((right) => usesRight(batch, right));
  expect(used.map(({ leadingKey }) => leadingKey)).toEqual(["STREAM#*", "REPORT#*"]);
});

it("a remembered decision is the one that was made, and the memory stays within its limit", () => {
  fc.assert(
    fc.property(policy, fc.array(call, { minLength: 1, maxLength: 30 }), (identity, calls) => {
      let evaluated = 0;
      const evaluate = createEvaluator((one) => {
        evaluated++;
        return verdictOf(one);
      }, 5);
      for (const one of calls) expect(evaluate(evaluation(identity, one))).toBe(verdictOf(evaluation(identity, one)));
      const [first] = calls;
      if (!first) return;
      evaluate(evaluation(identity, first));
      const before = evaluated;
      evaluate(evaluation(identity, first));
      expect(evaluated).toBe(before);
    }),
    { numRuns: runs(100) },
  );
});

const directory = mkdtempSync(join(tmpdir(), "offair-rights-"));
afterAll(() => rmSync(directory, { recursive: true }));

it("the record has a line for each right when it is first used, by its name", () => {
  const file = join(directory, "rights");
  const identity = policySchema.parse({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: ["dynamodb:GetItem", "dynamodb:PutItem"],
        Resource: table("Ledger"),
        Condition: { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["STREAM#*", "CONTROL"] } },
      },
      { Effect: "Allow", Action: "dynamodb:Query", Resource: table("Ledger/index/byTime") },
    ],
  });
  const role: Role = {
    id: "AuditRole",
    name: "audit",
    arn: "arn:aws:iam::000000000000:role/audit",
    trust: identity,
    policies: { identity },
  };
  const names = ["Get STREAM", "Get CONTROL", "Put STREAM", "Put CONTROL", "Query byTime"];
  const record = createRightsRecord(file, new Map([["AuditRole", names]]));
  const use = (action: string, key: string, resource = "Ledger") =>
    record(role, {
      action: `dynamodb:${action}`,
      resource: table(resource),
      context: { "dynamodb:LeadingKeys": [key] },
    });
  for (const key of ["STREAM#1", "STREAM#2", "CONTROL"]) use("GetItem", key);
  use("Query", "2026-11-30T04", "Ledger/index/byTime");
  use("Query", "2026-11-30T05", "Ledger/index/byTime");
  expect(readFileSync(file, "utf8").split("\n")).toEqual([
    "AuditRole Get STREAM",
    "AuditRole Get CONTROL",
    "AuditRole Query byTime",
    "",
  ]);
});

it("the record refuses names that do not fit the policy", () => {
  const identity = policySchema.parse({ Statement: { Effect: "Allow", Action: "dynamodb:Query", Resource: "*" } });
  const role: Role = { id: "AuditRole", name: "audit", arn: "arn", trust: identity, policies: { identity } };
  const record = createRightsRecord(join(directory, "none"), new Map());
  expect(() => record(role, { action: "dynamodb:Query", resource: "x", context: {} })).toThrow("1 rights, but 0 names");
});
