import { describe, expect, it } from "@jest/globals";
import {
  changeLine,
  countText,
  refusedReplacements,
  sortChanges,
  toChange,
} from "../../../../scripts/deploy/stack/changes.ts";

const plain = (_format: unknown, text: string): string => text;
const line = (change: Parameters<typeof toChange>[0]) => changeLine(toChange(change), plain);
const of = (ResourceType: string, LogicalResourceId: string) => ({ ResourceType, LogicalResourceId });

describe("a change", () => {
  it.each([
    [{ Action: "Add", ...of("AWS::SQS::Queue", "Q") }, "  + add     SQS::Queue Q"],
    [{ Action: "Import", ...of("AWS::DynamoDB::Table", "Ledger") }, "  = adopt   DynamoDB::Table Ledger"],
    [{ Action: "Remove", PolicyAction: "Delete", ...of("AWS::SQS::Queue", "Q") }, "  - remove  SQS::Queue Q"],
    [
      { Action: "Remove", PolicyAction: "Retain", ...of("AWS::SQS::Queue", "Q") },
      "  - remove  SQS::Queue Q (the resource itself stays)",
    ],
    [
      { Action: "Modify", Replacement: "False", Scope: ["Properties"], ...of("AWS::IAM::Role", "R") },
      "  ~ modify  IAM::Role R (Properties)  [security]",
    ],
    [
      {
        Action: "Modify",
        Replacement: "True",
        Details: [{ Target: { Attribute: "Properties", Name: "KeySchema" } }],
        ...of("AWS::DynamoDB::Table", "T"),
      },
      "  ! replace DynamoDB::Table T (KeySchema)",
    ],
    [
      {
        Action: "Modify",
        Replacement: "Conditional",
        Details: [{ Target: { Attribute: "Properties", Name: "ApiId" } }],
        ...of("AWS::ApiGatewayV2::Stage", "S"),
      },
      "  ! replace ApiGatewayV2::Stage S (ApiId; whether it is replaced is decided on execution)",
    ],
  ] as const)("%j is one line", (change, expected) => {
    expect(line(change as never)).toBe(expected);
  });

  it.each([
    "AWS::IAM::Role",
    "AWS::KMS::Key",
    "AWS::SecretsManager::Secret",
    "AWS::Lambda::Permission",
    "AWS::ApiGatewayV2::Route",
    "AWS::S3::BucketPolicy",
    "AWS::SQS::QueuePolicy",
    "AWS::SNS::TopicPolicy",
  ])("of a %s is marked", (type) => {
    expect(line({ Action: "Add", ...of(type, "X") })).toMatch(/\[security\]$/);
  });

  it.each(["AWS::S3::Bucket", "AWS::Lambda::Function", "AWS::CloudWatch::Alarm"])("of a %s is not", (type) => {
    expect(line({ Action: "Add", ...of(type, "X") })).not.toContain("[security]");
  });
});

describe("a list of changes", () => {
  const changes = [
    { Action: "Remove", ...of("AWS::SQS::Queue", "B") },
    { Action: "Add", ...of("AWS::SQS::Queue", "C") },
    { Action: "Add", ...of("AWS::SQS::Queue", "A") },
  ].map((change) => toChange(change as never));

  it("is sorted and counted", () => {
    expect(sortChanges(changes).map(({ id }) => id)).toEqual(["A", "C", "B"]);
    expect(countText(changes)).toBe("adds 2, removes 1");
  });

  it.each(["Ledger", "Archive", "AuditKeySecret", "HttpApi", "LiveWorkerSecret", "LiveAudit8Secret"])(
    "that may replace %s is refused unless it is named",
    (id) => {
      const change = toChange({ Action: "Modify", Replacement: "Conditional", ...of("AWS::X::Y", id) });
      expect(refusedReplacements([change], [])).toHaveLength(1);
      expect(refusedReplacements([change], ["Other"])).toHaveLength(1);
      expect(refusedReplacements([change], [id])).toEqual([]);
      expect(refusedReplacements([{ ...change, kind: "modify" }], [])).toEqual([]);
      expect(refusedReplacements([{ ...change, kind: "remove" }], [])).toHaveLength(1);
    },
  );
});
