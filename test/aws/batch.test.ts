import { readFileSync } from "node:fs";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { describe, expect, it, jest } from "@jest/globals";
import type { SQSEvent } from "aws-lambda";
import fc from "fast-check";
import { parse } from "yaml";
import { redeliveryDelaySeconds, settleBatch } from "../../lib/aws/batch.ts";
import { LOCK_MS } from "../../lib/aws/ledger.ts";
import { createDelay } from "../../lib/aws/queue.ts";
import { ERROR_CODES, OffairError } from "../../lib/errors.ts";
import type { Lane } from "../../lib/moderation/message.ts";
import { MINUTE_MS, SECOND_MS } from "../../lib/time.ts";
import { useLanes } from "./lanes.ts";

const busy = () => new OffairError("ERR_BUSY", "another worker acts on this stream");

describe("a message's next delivery", () => {
  const errors = fc.constantFrom(...ERROR_CODES.map((code) => new OffairError(code, code)), new Error("other"), "text");
  const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

  it("comes after 1 to 60 whole seconds, whatever failed and how often", () => {
    fc.assert(
      fc.property(errors, fc.nat(2 ** 31), chance, (error, receiveCount, dice) => {
        const seconds = redeliveryDelaySeconds(error, receiveCount, () => dice);
        expect(Number.isInteger(seconds)).toBe(true);
        expect(seconds).toBeGreaterThanOrEqual(1);
        expect(seconds).toBeLessThanOrEqual(60);
      }),
    );
  });

  it("never comes sooner than the one before, by the same dice", () => {
    fc.assert(
      fc.property(errors, fc.integer({ min: 1, max: 20 }), chance, (error, receiveCount, dice) => {
        const next = redeliveryDelaySeconds(error, receiveCount + 1, () => dice);
        expect(next).toBeGreaterThanOrEqual(redeliveryDelaySeconds(error, receiveCount, () => dice));
      }),
    );
  });

  it("comes within a second while another worker is busy with the stream, and within three when Live throttles", () => {
    const most = () => 0.999;
    expect(redeliveryDelaySeconds(busy(), 1, most)).toBe(1);
    expect(redeliveryDelaySeconds(new OffairError("ERR_LIVE_THROTTLED", "429"), 1, most)).toBe(3);
    expect(redeliveryDelaySeconds(new OffairError("ERR_LIVE_UNAVAILABLE", "503"), 1, most)).toBe(2);
  });

  /** With the unluckiest dice, until the queue gives up on it. */
  const waitedMs = (error: OffairError): number => {
    const template = parse(readFileSync("serverless.yml", "utf8"), { logLevel: "silent" });
    const { maxReceiveCount } = template.resources.Resources.LiveQueue.Properties.RedrivePolicy;
    const waits = Array.from({ length: maxReceiveCount - 1 }, (_, i) => redeliveryDelaySeconds(error, i + 1, () => 0));
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

/** The batch as the worker settles it, and what it was told to delay. */
async function settle(event: SQSEvent, handleBody: (body: string) => Promise<void>, change: { fail?: boolean } = {}) {
  const delayed: { lane: Lane; seconds: number }[] = [];
  const { client, urls: queueUrls } = lanes.current;
  const delay: ReturnType<typeof createDelay> = async (lane, receiptHandle, seconds) => {
    delayed.push({ lane, seconds });
    const at = change.fail ? { ...queueUrls, [lane]: `${queueUrls[lane]}-gone` } : queueUrls;
    await createDelay(client, at)(lane, receiptHandle, seconds);
  };
  const warn = jest.spyOn(console, "warn").mockImplementation(() => {});
  const { batchItemFailures } = await settleBatch(event, { queueUrls, delay, random: () => 0 }, handleBody);
  const warned = warn.mock.calls.flat();
  warn.mockRestore();
  return { failed: batchItemFailures.map(({ itemIdentifier }) => itemIdentifier), delayed, warned };
}

async function send(lane: Lane, ...texts: string[]) {
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
    const fourth = {
      Records: event.Records.map((record) => ({
        ...record,
        attributes: { ...record.attributes, ApproximateReceiveCount: "4" },
      })),
    };
    const { delayed } = await settle(fourth, () => Promise.reject(busy()));
    expect(delayed).toEqual([{ lane: "bulk", seconds: 4 }]);
  });

  it("returns a record also when the queue cannot be told of the delay", async () => {
    await send("bulk", "lost");
    const event = await lanes.current.receive("bulk");
    const { failed, warned } = await settle(event, () => Promise.reject(busy()), { fail: true });
    expect(failed).toEqual(event.Records.map(({ messageId }) => messageId));
    expect(warned).toMatchObject([{ event: "message.returned" }, { event: "message.delay-failed" }]);
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
});
