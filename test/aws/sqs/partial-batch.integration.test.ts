import { readFileSync } from "node:fs";
import { GetQueueAttributesCommand, ReceiveMessageCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { describe, expect, it, jest } from "@jest/globals";
import type { SQSEvent } from "aws-lambda";
import fc from "fast-check";
import { parse } from "yaml";
import { redeliveryDelaySeconds, processRecords } from "../../../lib/aws/sqs/partial-batch.ts";
import { createWorkerLanes, type WorkerLanes } from "../../../lib/aws/sqs/queue.ts";
import { redrive } from "../../../lib/aws/sqs/redrive.ts";
import { ERROR_CODES, OffairError } from "../../../lib/core/errors.ts";
import { MINUTE_MS, SECOND_MS } from "../../../lib/core/time.ts";
import { LOCK_MS } from "../../../lib/core/timeouts.ts";
import type { Priority } from "../../../lib/queue/priority.ts";
import { useLanes } from "./queues.ts";
import "../../support/runs.ts";

const busy = () => new OffairError("ERR_BUSY", "another worker acts on this stream");

describe("a message's next delivery", () => {
  const errors = fc.constantFrom(...ERROR_CODES.map((code) => new OffairError(code, code)), new Error("other"), "text");
  const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

  const onLane = fc.constantFrom("live" as const, "bulk" as const);

  it("comes after 1 to 10 whole seconds on the live lane, and to 60 on the other, whatever failed and how often", () => {
    fc.assert(
      fc.property(errors, fc.nat(2 ** 31), chance, onLane, (error, receiveCount, dice, lane) => {
        const seconds = redeliveryDelaySeconds(error, { lane, receiveCount }, () => dice);
        expect(Number.isInteger(seconds)).toBe(true);
        expect(seconds).toBeGreaterThanOrEqual(1);
        expect(seconds).toBeLessThanOrEqual(lane === "live" ? 10 : 60);
      }),
    );
  });

  it("never comes sooner than the one before, by the same dice", () => {
    fc.assert(
      fc.property(errors, fc.integer({ min: 1, max: 20 }), chance, onLane, (error, receiveCount, dice, lane) => {
        const next = redeliveryDelaySeconds(error, { lane, receiveCount: receiveCount + 1 }, () => dice);
        expect(next).toBeGreaterThanOrEqual(redeliveryDelaySeconds(error, { lane, receiveCount }, () => dice));
      }),
    );
  });

  it("comes within a second while another worker is busy with the stream, and within three when Live throttles", () => {
    const most = () => 0.999;
    expect(redeliveryDelaySeconds(busy(), { lane: "live", receiveCount: 1 }, most)).toBe(1);
    expect(
      redeliveryDelaySeconds(new OffairError("ERR_LIVE_THROTTLED", "429"), { lane: "live", receiveCount: 1 }, most),
    ).toBe(3);
    expect(
      redeliveryDelaySeconds(new OffairError("ERR_LIVE_UNAVAILABLE", "503"), { lane: "live", receiveCount: 1 }, most),
    ).toBe(2);
  });

  /** With the unluckiest dice, until the queue gives up on it. */
  const waitedMs = (error: OffairError): number => {
    const template = parse(readFileSync("serverless.yml", "utf8"), { logLevel: "silent" });
    const { maxReceiveCount } = template.resources.Resources.LiveQueue.Properties.RedrivePolicy;
    const waits = Array.from({ length: maxReceiveCount - 1 }, (_, i) =>
      redeliveryDelaySeconds(error, { lane: "live", receiveCount: i + 1 }, () => 0),
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

const lanes = useLanes();

interface Change {
  /** The queue takes no word of ours. */
  readonly fail?: boolean;
  readonly timeUp?: Promise<void>;
  readonly receiveCount?: number;
}

/** The batch as the worker settles it, and what it was told to delay. */
async function settle(event: SQSEvent, handleBody: (body: string) => Promise<void>, change: Change = {}) {
  const delayed: { lane: Priority; seconds: number }[] = [];
  const { client, urls, deadLetterUrls } = lanes.current;
  const broken = { live: `${urls.live}-gone`, bulk: `${urls.bulk}-gone` };
  const real = createWorkerLanes(client, urls, deadLetterUrls);
  const told = change.fail ? { ...createWorkerLanes(client, broken, broken), laneOf: real.laneOf } : real;
  const watched: WorkerLanes = {
    ...told,
    delay: async (message, seconds) => {
      delayed.push({ lane: message.lane, seconds });
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
    { lanes: watched, random: () => 0, timeUp },
    handleBody,
  );
  const warned = spies.slice(0, 2).flatMap((spy) => spy.mock.calls.flat() as unknown[]);
  for (const spy of spies) spy.mockRestore();
  return { failed: batchItemFailures.map(({ itemIdentifier }) => itemIdentifier), delayed, warned };
}

async function deadLetters(lane: Priority) {
  const { client, deadLetterUrls } = lanes.current;
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({
      QueueUrl: deadLetterUrls[lane],
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

async function send(lane: Priority, ...texts: string[]) {
  const { client, urls } = lanes.current;
  for (const MessageBody of texts) {
    await client.send(new SendMessageCommand({ QueueUrl: urls[lane], MessageBody }));
  }
}

describe("a batch", () => {
  it("returns the records that failed and no others, and each comes back after its own delay", async () => {
    await send("live", "good", "busy", "fine");
    const event = await lanes.current.receive("live");
    const { failed, delayed } = await settle(event, async (body) => {
      if (body === "busy") throw busy();
    });
    expect(failed).toEqual(event.Records.filter(({ body }) => body === "busy").map(({ messageId }) => messageId));
    expect(delayed).toEqual([{ lane: "live", seconds: 1 }]);
    // Left to itself the queue would hide it for 30 seconds more.
    const again = await lanes.current.receive("live", 5);
    expect(again.Records).toMatchObject([{ body: "busy", attributes: { ApproximateReceiveCount: "2" } }]);
  });

  it("waits longer for a record that comes again, and tells the lane from the queue's ARN", async () => {
    await send("bulk", "slow");
    const event = await lanes.current.receive("bulk");
    const { delayed } = await settle(event, () => Promise.reject(busy()), { receiveCount: 4 });
    expect(delayed).toEqual([{ lane: "bulk", seconds: 2 }]); // half of the most that a busy stream may cost
  });

  it("returns a record also when the queue cannot be told of the delay", async () => {
    await send("bulk", "lost");
    const event = await lanes.current.receive("bulk");
    const { failed, warned } = await settle(event, () => Promise.reject(busy()), { fail: true });
    expect(failed).toEqual(event.Records.map(({ messageId }) => messageId));
    expect(warned).toMatchObject([{ event: "message.returned" }, { event: "message.not-told" }]);
  });

  it("handles its records side by side: a slow one holds up no other", async () => {
    await send("bulk", "first", "second");
    const event = await lanes.current.receive("bulk");
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
    const event = await lanes.current.receive("bulk");
    const { warned } = await settle(event, (body) => Promise.reject(new Error(`unforeseen: ${body}`)));
    expect(warned).toMatchObject([{ event: "message.returned", error: "Error" }]);
    expect(JSON.stringify(warned)).not.toContain("the reported words");
  });

  it("returns what is still at work when the invocation's time is up", async () => {
    await send("live", "slow", "done");
    const event = await lanes.current.receive("live");
    const never = new Promise<void>(() => {});
    const { failed } = await settle(event, (body) => (body === "slow" ? never : Promise.resolve()), {
      timeUp: Promise.resolve(),
    });
    expect(failed).toEqual(event.Records.filter(({ body }) => body === "slow").map(({ messageId }) => messageId));
  });
});

describe("waiting", () => {
  it("uses up no deliveries: a fresh copy takes the place of a message that was delivered often", async () => {
    const { client, urls } = lanes.current;
    const delayedOnTheLane = async (): Promise<number> => {
      const AttributeNames = ["ApproximateNumberOfMessagesDelayed" as const];
      const { Attributes } = await client.send(new GetQueueAttributesCommand({ QueueUrl: urls.live, AttributeNames }));
      return Number(Attributes?.ApproximateNumberOfMessagesDelayed);
    };
    await send("live", "patient");
    const event = await lanes.current.receive("live");
    const before = await delayedOnTheLane();
    const { failed, delayed } = await settle(event, () => Promise.reject(busy()), { receiveCount: 15 });
    expect([failed, delayed]).toEqual([[], []]); // the message itself can go
    expect(await delayedOnTheLane()).toBe(before + event.Records.length);
  });

  it("keeps the age of a message through all its copies, for the alarm that watches it", async () => {
    const { client, urls, deadLetterUrls } = lanes.current;
    const { renew } = createWorkerLanes(client, urls, deadLetterUrls);
    const old = { lane: "bulk" as const, body: "aged", receiptHandle: "", firstSentAt: "1700000000000" };
    await renew(old, 0);
    const event = await lanes.current.receive("bulk");
    const copies = event.Records.filter(({ body }) => body === "aged");
    expect(copies).toMatchObject([{ messageAttributes: { firstSentAt: { stringValue: "1700000000000" } } }]);
  });

  it("keeps the message when the copy cannot be sent", async () => {
    await send("bulk", "kept");
    const event = await lanes.current.receive("bulk");
    const { failed } = await settle(event, () => Promise.reject(busy()), { receiveCount: 15, fail: true });
    expect(failed).toEqual(event.Records.map(({ messageId }) => messageId));
  });
});

describe("what can never succeed", () => {
  const invalid = () => new OffairError("ERR_MESSAGE_INVALID", "the message is not JSON");

  it("rests in its lane's dead-letter queue with the reason, at once", async () => {
    await send("bulk", "nonsense");
    const event = await lanes.current.receive("bulk");
    const { failed, warned } = await settle(event, () => Promise.reject(invalid()));
    expect(failed).toEqual([]);
    expect(await deadLetters("bulk")).toEqual([
      { body: "nonsense", reason: "ERR_MESSAGE_INVALID: the message is not JSON" },
    ]);
    expect(warned).toMatchObject([{ event: "message.dead", error: "ERR_MESSAGE_INVALID" }]);
  });

  it("stays on its lane when the dead-letter queue cannot be told", async () => {
    await send("live", "stays");
    const event = await lanes.current.receive("live");
    const { failed } = await settle(event, () => Promise.reject(invalid()), { fail: true });
    expect(failed).toEqual(event.Records.map(({ messageId }) => messageId));
  });

  it("is also a fault of ours that keeps coming back, and nothing of the body is in the reason", async () => {
    await send("live", "a riddle");
    const event = await lanes.current.receive("live");
    const fault = () => Promise.reject(new TypeError("cannot read a riddle"));
    expect((await settle(event, fault, { receiveCount: 17 })).failed).toHaveLength(1);
    expect((await settle(event, fault, { receiveCount: 18 })).failed).toEqual([]);
    expect(await deadLetters("live")).toEqual([{ body: "a riddle", reason: "ERR_UNFORESEEN" }]);
  });

  it("comes back to its lane by redrive, as it was", async () => {
    const { client, urls, deadLetterUrls } = lanes.current;
    const seen: string[] = [];
    const options = {
      from: deadLetterUrls.bulk,
      to: urls.bulk,
      max: 10,
      onMessage: ({ reason }: { reason: string }) => void seen.push(reason),
    };
    expect(await redrive(client, { ...options, dryRun: false })).toBe(1);
    expect(seen).toEqual(["ERR_MESSAGE_INVALID: the message is not JSON"]);
    expect((await lanes.current.receive("bulk")).Records.map(({ body }) => body)).toContain("nonsense");
    expect(await redrive(client, { ...options, dryRun: true })).toBe(0);
  });
});
