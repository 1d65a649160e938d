import { readFileSync } from "node:fs";
import { GetQueueAttributesCommand, ReceiveMessageCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { describe, expect, it, jest } from "@jest/globals";
import type { SQSEvent } from "aws-lambda";
import fc from "fast-check";
import { parse } from "yaml";
import { processRecords, redeliveryDelaySeconds } from "../../../lib/aws/sqs/partial-batch.ts";
import { createWorkerQueues, type WorkerQueues } from "../../../lib/aws/sqs/queue.ts";
import { redrive } from "../../../lib/aws/sqs/redrive.ts";
import { ERROR_CODES, OffairError } from "../../../lib/core/errors.ts";
import { MINUTE_MS, SECOND_MS } from "../../../lib/core/time.ts";
import { LOCK_MS } from "../../../lib/core/timeouts.ts";
import type { Priority } from "../../../lib/queue/priority.ts";
import { useQueues } from "./queues.ts";
import "../../support/runs.ts";

const busy = () => new OffairError("ERR_BUSY", "another worker acts on this stream");

describe("a message's next delivery", () => {
  const errors = fc.constantFrom(...ERROR_CODES.map((code) => new OffairError(code, code)), new Error("other"), "text");
  const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

  const onQueue = fc.constantFrom("urgent" as const, "bulk" as const);

  it("comes after 1 to 10 whole seconds on the urgent queue, and to 60 on the other, whatever failed and how often", () => {
    fc.assert(
      fc.property(errors, fc.nat(2 ** 31), chance, onQueue, (error, receiveCount, dice, queue) => {
        const seconds = redeliveryDelaySeconds(error, { queue, receiveCount }, () => dice);
        expect(Number.isInteger(seconds)).toBe(true);
        expect(seconds).toBeGreaterThanOrEqual(1);
        expect(seconds).toBeLessThanOrEqual(queue === "urgent" ? 10 : 60);
      }),
    );
  });

  it("never comes sooner than the one before, by the same dice", () => {
    fc.assert(
      fc.property(errors, fc.integer({ min: 1, max: 20 }), chance, onQueue, (error, receiveCount, dice, queue) => {
        const next = redeliveryDelaySeconds(error, { queue, receiveCount: receiveCount + 1 }, () => dice);
        expect(next).toBeGreaterThanOrEqual(redeliveryDelaySeconds(error, { queue, receiveCount }, () => dice));
      }),
    );
  });

  it("comes within a second while another worker is busy with the stream, and within three when Live throttles", () => {
    const most = () => 0.999;
    expect(redeliveryDelaySeconds(busy(), { queue: "urgent", receiveCount: 1 }, most)).toBe(1);
    expect(
      redeliveryDelaySeconds(new OffairError("ERR_LIVE_THROTTLED", "429"), { queue: "urgent", receiveCount: 1 }, most),
    ).toBe(3);
    expect(
      redeliveryDelaySeconds(
        new OffairError("ERR_LIVE_UNAVAILABLE", "503"),
        { queue: "urgent", receiveCount: 1 },
        most,
      ),
    ).toBe(2);
  });

  /** With the unluckiest dice, until the queue gives up on it. */
  const waitedMs = (error: OffairError): number => {
    const template = parse(readFileSync("resources/queues.yml", "utf8"), { logLevel: "silent" });
    const { maxReceiveCount } = template.Resources.UrgentQueue.Properties.RedrivePolicy;
    const waits = Array.from({ length: maxReceiveCount - 1 }, (_, i) =>
      redeliveryDelaySeconds(error, { queue: "urgent", receiveCount: i + 1 }, () => 0),
    );
    return waits.reduce((sum, seconds) => sum + seconds, 0) * SECOND_MS;
  };

  it("outlasts the lock of a worker that died, before the dead-letter queue gets the message", () => {
    expect(waitedMs(busy())).toBeGreaterThanOrEqual(LOCK_MS);
  });

  it("outlasts the minute for which Live's quota may be used up", () => {
    expect(waitedMs(new OffairError("ERR_LIVE_THROTTLED", "429"))).toBeGreaterThanOrEqual(MINUTE_MS);
  });
});

const queues = useQueues();

interface Change {
  /** The queue takes no word of ours. */
  readonly fail?: boolean;
  readonly timeUp?: Promise<void>;
  readonly receiveCount?: number;
}

/** The batch as the worker settles it, and what it was told to delay. */
async function settle(event: SQSEvent, handleBody: (body: string) => Promise<void>, change: Change = {}) {
  const delayed: { queue: Priority; seconds: number }[] = [];
  const { client, urls, deadLetterUrls } = queues.current;
  const broken = { urgent: `${urls.urgent}-gone`, bulk: `${urls.bulk}-gone` };
  const real = createWorkerQueues(client, urls, deadLetterUrls);
  const told = change.fail ? { ...createWorkerQueues(client, broken, broken), queueOf: real.queueOf } : real;
  const watched: WorkerQueues = {
    ...told,
    delay: async (message, seconds) => {
      delayed.push({ queue: message.queue, seconds });
      await told.delay(message, seconds);
    },
  };
  const { receiveCount } = change;
  const records = event.Records.map((record) => ({
    ...record,
    ...(receiveCount && { attributes: { ...record.attributes, ApproximateReceiveCount: String(receiveCount) } }),
  }));
  const spies = [jest.spyOn(console, "warn"), jest.spyOn(console, "error"), jest.spyOn(process.stdout, "write")];
  for (const spy of spies) spy.mockImplementation((() => true) as never);
  const timeUp = change.timeUp ?? new Promise<void>(() => {});
  const { batchItemFailures } = await processRecords(
    { Records: records },
    { queues: watched, random: () => 0, timeUp },
    handleBody,
  );
  const warned = spies.slice(0, 2).flatMap((spy) => spy.mock.calls.flat() as unknown[]);
  for (const spy of spies) spy.mockRestore();
  return { failed: batchItemFailures.map(({ itemIdentifier }) => itemIdentifier), delayed, warned };
}

async function deadLetters(queue: Priority) {
  const { client, deadLetterUrls } = queues.current;
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({
      QueueUrl: deadLetterUrls[queue],
      MaxNumberOfMessages: 10,
      MessageAttributeNames: ["All"],
      VisibilityTimeout: 0,
    }),
  );
  return Messages.map(({ Body, MessageAttributes }) => ({
    body: Body,
    reason: MessageAttributes?.reason?.StringValue,
  }));
}

async function send(queue: Priority, ...texts: string[]) {
  const { client, urls } = queues.current;
  for (const MessageBody of texts) {
    await client.send(new SendMessageCommand({ QueueUrl: urls[queue], MessageBody }));
  }
}

describe("a batch", () => {
  it("returns the records that failed and no others, and each comes back after its own delay", async () => {
    await send("urgent", "good", "busy", "fine");
    const event = await queues.current.receive("urgent");
    const { failed, delayed } = await settle(event, async (body) => {
      if (body === "busy") throw busy();
    });
    expect(failed).toEqual(event.Records.filter(({ body }) => body === "busy").map(({ messageId }) => messageId));
    expect(delayed).toEqual([{ queue: "urgent", seconds: 1 }]);
    // Left to itself the queue would hide it for 30 seconds more.
    const again = await queues.current.receive("urgent", 5);
    expect(again.Records).toMatchObject([{ body: "busy", attributes: { ApproximateReceiveCount: "2" } }]);
  });

  it("waits longer for a record that comes again, and tells the queue from the queue's ARN", async () => {
    await send("bulk", "slow");
    const event = await queues.current.receive("bulk");
    const { delayed } = await settle(event, () => Promise.reject(busy()), { receiveCount: 4 });
    expect(delayed).toEqual([{ queue: "bulk", seconds: 2 }]); // half of the most that a busy stream may cost
  });

  it("returns a record also when the queue cannot be told of the delay", async () => {
    await send("bulk", "lost");
    const event = await queues.current.receive("bulk");
    const { failed, warned } = await settle(event, () => Promise.reject(busy()), { fail: true });
    expect(failed).toEqual(event.Records.map(({ messageId }) => messageId));
    expect(warned).toMatchObject([{ event: "message.returned" }, { event: "message.return-failed" }]);
  });

  it("handles its records side by side: a slow one holds up no other", async () => {
    await send("bulk", "first", "second");
    const event = await queues.current.receive("bulk");
    let release: () => void = () => {};
    const started = new Promise<void>((resolve) => {
      release = resolve;
    });
    const slow = event.Records[0]?.body;
    const { failed } = await settle(event, (body) => (body === slow ? started : Promise.resolve(release())));
    expect(failed).toEqual([]);
  });

  it("says of a failure its code and never the body", async () => {
    await send("bulk", "the reported words");
    const event = await queues.current.receive("bulk");
    const { warned } = await settle(event, (body) => Promise.reject(new Error(`unforeseen: ${body}`)));
    expect(warned).toMatchObject([{ event: "message.returned", error: "Error" }]);
    expect(JSON.stringify(warned)).not.toContain("the reported words");
  });

  it("returns what is still at work when the invocation's time is up", async () => {
    await send("urgent", "slow", "done");
    const event = await queues.current.receive("urgent");
    const never = new Promise<void>(() => {});
    const { failed } = await settle(event, (body) => (body === "slow" ? never : Promise.resolve()), {
      timeUp: Promise.resolve(),
    });
    expect(failed).toEqual(event.Records.filter(({ body }) => body === "slow").map(({ messageId }) => messageId));
  });
});

describe("waiting", () => {
  it("uses up no deliveries: a fresh copy takes the place of a message that was delivered often", async () => {
    const { client, urls } = queues.current;
    const delayedOnTheQueue = async (): Promise<number> => {
      const AttributeNames = ["ApproximateNumberOfMessagesDelayed" as const];
      const { Attributes } = await client.send(
        new GetQueueAttributesCommand({ QueueUrl: urls.urgent, AttributeNames }),
      );
      return Number(Attributes?.ApproximateNumberOfMessagesDelayed);
    };
    await send("urgent", "patient");
    const event = await queues.current.receive("urgent");
    const before = await delayedOnTheQueue();
    const { failed, delayed } = await settle(event, () => Promise.reject(busy()), { receiveCount: 15 });
    expect([failed, delayed]).toEqual([[], []]); // the message itself can go
    expect(await delayedOnTheQueue()).toBe(before + event.Records.length);
  });

  it("keeps the age of a message through all its copies, for the alarm that watches it", async () => {
    const { client, urls, deadLetterUrls } = queues.current;
    const { resend } = createWorkerQueues(client, urls, deadLetterUrls);
    const old = { queue: "bulk" as const, body: "aged", receiptHandle: "", firstSentAt: "1700000000000" };
    await resend(old, 0);
    const event = await queues.current.receive("bulk");
    const copies = event.Records.filter(({ body }) => body === "aged");
    expect(copies).toMatchObject([{ messageAttributes: { firstSentAt: { stringValue: "1700000000000" } } }]);
  });

  it("keeps the message when the copy cannot be sent", async () => {
    await send("bulk", "kept");
    const event = await queues.current.receive("bulk");
    const { failed } = await settle(event, () => Promise.reject(busy()), { receiveCount: 15, fail: true });
    expect(failed).toEqual(event.Records.map(({ messageId }) => messageId));
  });
});

describe("what can never succeed", () => {
  const invalid = () => new OffairError("ERR_MESSAGE_INVALID", "the message is not JSON");

  it("rests in its queue's dead-letter queue with the reason, at once", async () => {
    await send("bulk", "nonsense");
    const event = await queues.current.receive("bulk");
    const { failed, warned } = await settle(event, () => Promise.reject(invalid()));
    expect(failed).toEqual([]);
    expect(await deadLetters("bulk")).toEqual([
      { body: "nonsense", reason: "ERR_MESSAGE_INVALID: the message is not JSON" },
    ]);
    expect(warned).toMatchObject([{ event: "message.dead", error: "ERR_MESSAGE_INVALID" }]);
  });

  it("stays on its queue when the dead-letter queue cannot be told", async () => {
    await send("urgent", "stays");
    const event = await queues.current.receive("urgent");
    const { failed } = await settle(event, () => Promise.reject(invalid()), { fail: true });
    expect(failed).toEqual(event.Records.map(({ messageId }) => messageId));
  });

  it("is also a fault of ours that keeps coming back, and nothing of the body is in the reason", async () => {
    await send("urgent", "a riddle");
    const event = await queues.current.receive("urgent");
    const issue = () => Promise.reject(new TypeError("cannot read a riddle"));
    expect((await settle(event, issue, { receiveCount: 17 })).failed).toHaveLength(1);
    expect((await settle(event, issue, { receiveCount: 18 })).failed).toEqual([]);
    expect(await deadLetters("urgent")).toEqual([{ body: "a riddle", reason: "ERR_INTERNAL" }]);
  });

  it("comes back to its queue by redrive, as it was", async () => {
    const { client, urls, deadLetterUrls } = queues.current;
    const seen: string[] = [];
    const options = {
      from: deadLetterUrls.bulk,
      to: urls.bulk,
      max: 10,
      onMessage: ({ reason }: { reason: string }) => void seen.push(reason),
    };
    expect(await redrive(client, { ...options, dryRun: false })).toBe(1);
    expect(seen).toEqual(["ERR_MESSAGE_INVALID: the message is not JSON"]);
    expect((await queues.current.receive("bulk")).Records.map(({ body }) => body)).toContain("nonsense");
    expect(await redrive(client, { ...options, dryRun: true })).toBe(0);
  });
});

it("has in each line of the log the trace id of the record that it is about", async () => {
  const traced = (traceId: string) => JSON.stringify({ kind: "unknown", traceId });
  await send("bulk", traced("trace-a"), traced("trace-b"));
  const { warned } = await settle(await queues.current.receive("bulk"), async (body) => {
    throw body.includes("trace-a") ? busy() : new OffairError("ERR_MESSAGE_INVALID", "an unknown format");
  });
  expect(warned).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ event: "message.returned", traceId: "trace-a" }),
      expect.objectContaining({ event: "message.dead", traceId: "trace-b" }),
    ]),
  );
});
