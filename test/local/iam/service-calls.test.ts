import { describe, expect, it } from "@jest/globals";
import { eventsCalls } from "../../../local/iam/events-calls.ts";
import { type S3Request, s3Calls } from "../../../local/iam/s3-calls.ts";
import { secretsCalls } from "../../../local/iam/secrets-calls.ts";
import { snsCalls } from "../../../local/iam/sns-calls.ts";
import { sqsCalls } from "../../../local/iam/sqs-calls.ts";

const place = { region: "eu-central-1", accountId: "000000000000" };
const QueueUrl = "http://127.0.0.1:9/000000000000/offair-Urgent";
const QUEUE = "arn:aws:sqs:eu-central-1:000000000000:offair-Urgent";

describe("a request to SQS needs", () => {
  it.each([
    ["SendMessage", "sqs:SendMessage"],
    ["SendMessageBatch", "sqs:SendMessage"],
    ["DeleteMessageBatch", "sqs:DeleteMessage"],
    ["ChangeMessageVisibilityBatch", "sqs:ChangeMessageVisibility"],
    ["ReceiveMessage", "sqs:ReceiveMessage"],
    ["GetQueueAttributes", "sqs:GetQueueAttributes"],
  ])("for %s the permission %s on the queue", (operation, action) => {
    expect(sqsCalls(operation, { QueueUrl }, place)).toEqual([{ action, resource: QUEUE, context: {} }]);
  });

  it("the queue that a name means, and no resource to list queues", () => {
    expect(sqsCalls("GetQueueUrl", { QueueName: "offair-Urgent" }, place)[0]?.resource).toBe(QUEUE);
    expect(sqsCalls("ListQueues", {}, place)[0]?.resource).toBe("*");
    expect(sqsCalls("SendMessage", "not an object", place)[0]?.resource).toBe("*");
  });
});

it("a request to SNS needs its action on the topic", () => {
  const TopicArn = "arn:aws:sns:eu-central-1:000000000000:alerts";
  const calls = (form: Record<string, string>) => snsCalls(new URLSearchParams(form), place);
  expect(calls({ Action: "ListSubscriptionsByTopic", TopicArn })).toEqual([
    { action: "sns:ListSubscriptionsByTopic", resource: TopicArn, context: {} },
  ]);
  expect(calls({ Action: "Publish", TargetArn: TopicArn })[0]?.resource).toBe(TopicArn);
  expect(calls({ Action: "CreateTopic", Name: "alerts" })[0]?.resource).toBe(TopicArn);
  expect(calls({ Action: "ListTopics" })[0]?.resource).toBe("*");
});

describe("a request to EventBridge needs", () => {
  const entry = { EventBusName: "offair-local", Source: "offair", DetailType: "stream.paused" };
  const bus = "arn:aws:events:eu-central-1:000000000000:event-bus/offair-local";

  it("for each event the right on its bus, with its source and its type as conditions", () => {
    const Entries = [entry, { ...entry, EventBusName: bus, Source: "other" }, {}];
    expect(eventsCalls("PutEvents", { Entries }, place)).toEqual([
      {
        action: "events:PutEvents",
        resource: bus,
        context: { "events:source": "offair", "events:detail-type": "stream.paused" },
      },
      {
        action: "events:PutEvents",
        resource: bus,
        context: { "events:source": "other", "events:detail-type": "stream.paused" },
      },
      {
        action: "events:PutEvents",
        resource: "arn:aws:events:eu-central-1:000000000000:event-bus/default",
        context: {},
      },
    ]);
  });

  it("its action without a resource, if it names no event", () => {
    for (const body of [{}, { Entries: [] }, { Entries: "x" }, undefined]) {
      expect(eventsCalls("PutEvents", body, place)).toEqual([
        { action: "events:PutEvents", resource: "*", context: {} },
      ]);
    }
  });
});

describe("a request to S3 needs", () => {
  const request = { bucket: "archive", key: "manifests/1.json", query: new URLSearchParams(), headers: {} };
  const callsOf = (changes: Partial<S3Request> & Pick<S3Request, "operation">) => s3Calls({ ...request, ...changes });
  const object = "arn:aws:s3:::archive/manifests/1.json";

  it("the object to read and to delete it", () => {
    for (const operation of ["GetObject", "DeleteObject"] as const) {
      expect(callsOf({ operation })).toEqual([{ action: `s3:${operation}`, resource: object, context: {} }]);
    }
  });

  it("for a write the condition of the request, if it has one", () => {
    const creates = { "s3:ObjectCreationOperation": "true" };
    expect(callsOf({ operation: "PutObject" })).toEqual([
      { action: "s3:PutObject", resource: object, context: creates },
    ]);
    expect(callsOf({ operation: "PutObject", headers: { "if-none-match": "*" } })[0]?.context).toEqual({
      ...creates,
      "s3:if-none-match": "*",
    });
  });

  it("the bucket to list it, with the prefix", () => {
    const query = new URLSearchParams({ "list-type": "2", prefix: "manifests/" });
    expect(callsOf({ operation: "ListObjectsV2", key: "", query })).toEqual([
      { action: "s3:ListBucket", resource: "arn:aws:s3:::archive", context: { "s3:prefix": "manifests/" } },
    ]);
    expect(callsOf({ operation: "ListObjectsV2", key: "" })[0]?.context).toEqual({});
  });
});

describe("a request to Secrets Manager needs", () => {
  const arn = "arn:aws:secretsmanager:eu-central-1:000000000000:secret:offair/gateway-AbCdEf";
  const find = (id: string) => (["offair/gateway", arn, arn.slice(0, -7)].includes(id) ? arn : undefined);
  const resourceOf = (SecretId: string) => secretsCalls("GetSecretValue", { SecretId }, place, find)[0]?.resource;

  it("the stored secret's ARN, however the request names it", () => {
    expect(["offair/gateway", arn, arn.slice(0, -7)].map(resourceOf)).toEqual([arn, arn, arn]);
  });

  it("the ARN that the request names, if there is no such secret", () => {
    expect(resourceOf("offair/none")).toBe("arn:aws:secretsmanager:eu-central-1:000000000000:secret:offair/none");
    expect(resourceOf("arn:aws:secretsmanager:x")).toBe("arn:aws:secretsmanager:x");
  });

  it("no resource for an operation without a secret", () => {
    expect(secretsCalls("GetRandomPassword", {}, place, find)).toEqual([
      { action: "secretsmanager:GetRandomPassword", resource: "*", context: {} },
    ]);
  });
});
