/** What the role of `answer` lets it read, decided by the statements of resources/roles.yml. */
import { beforeAll, describe, expect, it } from "@jest/globals";
import { ANSWERED_PATHS } from "../../../lib/aws/dynamodb/answers/answered-reports.ts";
import { dynamodbCalls } from "../../../local/iam/dynamodb-calls.ts";
import type { Iam } from "../../../local/iam/iam.ts";
import { place, sessionOf, TABLE } from "./role-session.ts";

let iam: Iam;
let key: string;
beforeAll(async () => {
  ({ iam, key } = await sessionOf("AnswerRole"));
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
