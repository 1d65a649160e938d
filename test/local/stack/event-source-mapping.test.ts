import { describe, expect, it } from "@jest/globals";
import { batchEvent, batchTrace, failedIds } from "../../../local/stack/event-source-mapping.ts";

describe("a function's answer to a batch", () => {
  const ids = ["a", "b", "c"];

  it.each([
    ["nothing", null],
    ["an empty object", {}],
    ["a null list", { batchItemFailures: null }],
    ["an empty list", { batchItemFailures: [] }],
  ])("of %s means that all went well", (_, answer) => {
    expect([...failedIds(answer, ids)]).toEqual([]);
  });

  it("leaves the named messages on the queue", () => {
    expect([...failedIds({ batchItemFailures: [{ itemIdentifier: "b" }] }, ids)]).toEqual(["b"]);
  });

  it.each([
    ["text", "done"],
    ["an empty identifier", { batchItemFailures: [{ itemIdentifier: "" }] }],
    ["a null identifier", { batchItemFailures: [{ itemIdentifier: null }] }],
    ["a misspelt key", { batchItemFailures: [{ itemIdentifer: "a" }] }],
    ["a message that was not in the batch", { batchItemFailures: [{ itemIdentifier: "z" }] }],
    ["no list", { batchItemFailures: "a" }],
  ])("that is malformed (%s) fails the whole batch", (_, answer) => {
    expect([...failedIds(answer, ids)]).toEqual(ids);
  });
});

it("messages become an event as Lambda's own", () => {
  const message = {
    MessageId: "059f36b4",
    ReceiptHandle: "AQEB",
    Body: "{}",
    MD5OfBody: "99914b93",
    Attributes: { ApproximateReceiveCount: "1", SentTimestamp: "1545082649183" },
    MessageAttributes: {
      trace: { DataType: "String", StringValue: "t" },
      raw: { DataType: "Binary", BinaryValue: new Uint8Array([255]) },
    },
  };
  const queueArn = "arn:aws:sqs:eu-central-1:000000000000:queue";
  expect(batchEvent([message], { queueArn, region: "eu-central-1" })).toEqual({
    Records: [
      {
        messageId: "059f36b4",
        receiptHandle: "AQEB",
        body: "{}",
        attributes: { ApproximateReceiveCount: "1", SentTimestamp: "1545082649183" },
        messageAttributes: {
          trace: { stringValue: "t", stringListValues: [], binaryListValues: [], dataType: "String" },
          raw: { binaryValue: "/w==", stringListValues: [], binaryListValues: [], dataType: "Binary" },
        },
        md5OfBody: "99914b93",
        eventSource: "aws:sqs",
        eventSourceARN: queueArn,
        awsRegion: "eu-central-1",
      },
    ],
  });
});

describe("the trace of a batch", () => {
  const ROOT = "Root=1-5759e988-bd862e3fe1be46a994272793";
  const NOW = new Date("2020-03-12T19:03:58.390Z");
  const traceOf = (headers: (string | undefined)[], earlierHops = 0) =>
    batchTrace(
      headers.map((AWSTraceHeader) => ({ Attributes: { ...(AWSTraceHeader && { AWSTraceHeader }) } })),
      { lineageId: "a87bd80c", earlierHops },
      NOW,
    );

  it("is the trace of the message with the most invocations of the function in its chain", () => {
    const [three, nine] = [`${ROOT};Lineage=a87bd80c:3`, `${ROOT};Lineage=a87bd80c:9`];
    expect(traceOf([three, nine, undefined, `${ROOT};Lineage=68fd508a:12`])).toBe(nine);
    expect(traceOf([undefined])).toMatch(/^Root=1-5e6a879e-[0-9a-f]{24}$/);
  });

  it("begins further on where a message stands for one that has waited, and grows from there", () => {
    expect(traceOf([ROOT], 16)).toBe(`${ROOT};Lineage=a87bd80c:15`);
    expect(traceOf([`${ROOT};Lineage=a87bd80c:16`], 16)).toBe(`${ROOT};Lineage=a87bd80c:16`);
  });
});
