/** What the role of `answer` lets it read, decided by the statements of resources/roles.yml. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { parse } from "yaml";
import { ANSWERED_PATHS } from "../../../lib/aws/dynamodb/answers/answered-reports.ts";
import { dynamodbCalls } from "../../../local/iam/dynamodb-calls.ts";
import { createIam, type Iam } from "../../../local/iam/iam.ts";
import { policySchema } from "../../../local/iam/policy.ts";

const place = { region: "eu-central-1", accountId: "000000000000" };
const ROLES = join(import.meta.dirname, "../../../resources/roles.yml");
const TABLE = "arn:aws:dynamodb:eu-central-1:000000000000:table/Ledger";

let iam: Iam;
let key: string;
beforeAll(async () => {
  const { Resources } = parse(readFileSync(ROLES, "utf8"), { logLevel: "silent" });
  const statements: { Action: string }[] = Resources.AnswerRole.Properties.Policies[0].PolicyDocument.Statement;
  const onTable = statements.filter(({ Action }) => String(Action).startsWith("dynamodb:"));
  const Version = "2012-10-17";
  iam = createIam(place, {});
  const arn = "arn:aws:iam::000000000000:role/answer";
  await iam.putRole({
    ...{ id: "AnswerRole", name: "answer", arn },
    trust: policySchema.parse({
      Version,
      Statement: { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" },
    }),
    policies: {
      answer: policySchema.parse({ Version, Statement: onTable.map((each) => ({ ...each, Resource: TABLE })) }),
    },
  });
  key = iam.assumeRole("lambda.amazonaws.com", arn, "answer").accessKeyId;
});

function allows(operation: string, pk: string, fields: object = {}): boolean {
  const body = { TableName: "Ledger", Key: { pk: { S: pk }, sk: { S: "REPORT" } }, ...fields };
  return (
    iam.authorize(
      key,
      dynamodbCalls(operation, body, place, () => "pk"),
    ) === undefined
  );
}

/** AWS documents `dynamodb:Select` for queries and scans only, so a read of an item may come without it. */
function allowsRead(attributes: readonly string[] | undefined): boolean {
  const context = {
    "dynamodb:LeadingKeys": ["REPORT#standard#msg_1"],
    ...(attributes && { "dynamodb:Attributes": attributes }),
  };
  return iam.authorize(key, [{ action: "dynamodb:GetItem", resource: TABLE, context }]) === undefined;
}
const only = (...paths: string[]) => ({ ProjectionExpression: paths.join(", ") });

describe("the role of answer", () => {
  it("reads the attributes of a status", () => {
    expect(allows("GetItem", "REPORT#standard#msg_1", only(...ANSWERED_PATHS))).toBe(true);
    expect(allows("GetItem", "SUBSCRIBER#keys")).toBe(true);
  });

  it.each([
    "facts",
    "notes",
    "heldBy",
    "because",
    "overturns",
    "earlierVerdicts",
    "secondOpinion",
    "traceId",
    "appealed",
  ])("does not read %s of a report", (name) => {
    expect(allows("GetItem", "REPORT#standard#msg_1", only(...ANSWERED_PATHS, name))).toBe(false);
  });

  it.each([
    ["only the key", ["pk", "sk"]],
    ["nothing", undefined],
  ])("does not read a whole report, also if AWS derives %s from a request without a projection", (_, attributes) => {
    const status = ANSWERED_PATHS.map((path) => path.split(".", 1)[0] ?? "");
    expect(allowsRead(["pk", "sk", ...status])).toBe(true);
    expect(allowsRead(attributes)).toBe(false);
  });

  it("does not read a whole report, another item, or a list; and writes nothing", () => {
    expect(allows("GetItem", "REPORT#standard#msg_1")).toBe(false);
    for (const pk of ["STREAM#1", "OPERATOR#op-1", "CONTROL", "SUBSCRIBER#shop", "EVENT#1", "REPORTER#standard"]) {
      expect([pk, allows("GetItem", pk, only("decision"))]).toEqual([pk, false]);
    }
    for (const operation of ["Query", "Scan", "PutItem", "UpdateItem", "DeleteItem"]) {
      expect([operation, allows(operation, "REPORT#standard#msg_1", only("decision"))]).toEqual([operation, false]);
    }
  });
});
