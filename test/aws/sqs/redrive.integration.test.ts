import { randomUUID } from "node:crypto";
import { CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { beforeEach, describe, expect, it, jest } from "@jest/globals";
import { createReadDepth } from "../../../lib/aws/sqs/queue-depths.ts";
import { redrive } from "../../../lib/aws/sqs/redrive.ts";
import { withTrace } from "../../../lib/core/trace.ts";
import { createRedrive, type RedriveDeps } from "../../../lib/operator/actions/redrive.ts";
import { NOON } from "../../support/fixtures.ts";
import { useQueues } from "./queues.ts";

const queues = useQueues();
let from: string;
let to: string;
let clock: number;
let log: unknown[];

beforeEach(async () => {
  log = [];
  for (const method of ["info", "warn"] as const)
    jest.spyOn(console, method).mockImplementation((line) => void log.push(line));
  clock = NOON.getTime();
  const create = async () => {
    const { client, urls } = queues.current;
    const { QueueUrl = "" } = await client.send(new CreateQueueCommand({ QueueName: `redrive-${randomUUID()}` }));
    return `${new URL(urls.urgent).origin}${new URL(QueueUrl).pathname}`;
  };
  [from, to] = [await create(), await create()];
});

async function moveToDeadLetterQueue(count: number, reason?: string): Promise<void> {
  const MessageAttributes = reason === undefined ? {} : { reason: { DataType: "String", StringValue: reason } };
  for (let index = 0; index < count; index++) {
    const MessageBody = JSON.stringify({ kind: "order", orderId: `op-${randomUUID()}`, index });
    await queues.current.client.send(new SendMessageCommand({ QueueUrl: from, MessageBody, MessageAttributes }));
  }
}
async function bodies(QueueUrl: string): Promise<string[]> {
  const found: string[] = [];
  for (;;) {
    const request = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 });
    const { Messages = [] } = await queues.current.client.send(request);
    if (Messages.length === 0) return found;
    found.push(...Messages.map(({ Body = "" }) => Body));
  }
}

const ask = (event: { dryRun: boolean }, change: Partial<RedriveDeps> = {}) =>
  createRedrive({
    bringBack: (_, options) => redrive(queues.current.client, { from, to, ...options }),
    now: () => new Date(clock),
    ...change,
  })({ action: "redrive", queue: "bulk", reason: "INC-881", requestedBy: "ana", ...event });

describe("a dry run", () => {
  it("names each dead letter with its reason, brings none back, and hides none from who does so next", async () => {
    await moveToDeadLetterQueue(11, "ERR_MESSAGE_INVALID: the message is not JSON");
    await moveToDeadLetterQueue(1);
    const { redriven = [], ...answer } = await ask({ dryRun: true });
    expect(answer).toEqual({ ok: true, dryRun: true, results: [], errors: [] });
    expect(redriven.map(({ reason }) => reason).sort()).toEqual([
      ...Array(11).fill("ERR_MESSAGE_INVALID: the message is not JSON"),
      "delivered too often",
    ]);
    expect(new Set(redriven.map(({ id }) => id)).size).toBe(12);
    expect(await bodies(to)).toEqual([]);
    expect(await bodies(from)).toHaveLength(12);
    expect(log).toEqual([]);
  });
});

describe("sent back to the queue", () => {
  it("are all, as they were, and on whose word is logged of each", async () => {
    await moveToDeadLetterQueue(12);
    const { redriven = [] } = await ask({ dryRun: false });
    expect(redriven).toHaveLength(12);
    expect((await bodies(to)).map((body) => JSON.parse(body).index).sort((a, b) => a - b)).toEqual([
      ...Array(12).keys(),
    ]);
    expect(await bodies(from)).toEqual([]);
    expect(log).toHaveLength(12);
    expect(log[0]).toMatchObject({ event: "message.redriven", queue: "bulk", requestedBy: "ana" });
  });

  it("are logged under the id of their own trace, with that of the request beside it", async () => {
    const MessageBody = JSON.stringify({ kind: "order", orderId: "op-1", index: 0, traceId: "of-the-report=" });
    await queues.current.client.send(new SendMessageCommand({ QueueUrl: from, MessageBody }));
    await withTrace("of-the-request", () => ask({ dryRun: false }));
    expect(log).toEqual([
      expect.objectContaining({
        ...{ event: "message.redriven", traceId: "of-the-report=", requestTraceId: "of-the-request" },
      }),
    ]);
  });

  it("are as many as the time allows, and the answer says that more may be left", async () => {
    await moveToDeadLetterQueue(12);
    const slow: RedriveDeps["bringBack"] = (_, options) =>
      redrive(queues.current.client, {
        ...{ from, to, ...options },
        onMessage: (message) => {
          clock += 2_000; // so that ten take the twenty seconds that there are
          options.onMessage(message);
        },
      });
    const answer = await ask({ dryRun: false }, { bringBack: slow });
    expect(answer).toMatchObject({ ok: true, truncated: true });
    expect(answer.redriven).toHaveLength(10);
    expect(await bodies(from)).toHaveLength(2);
    clock += 1;
    expect(await ask({ dryRun: false })).not.toHaveProperty("truncated");
  });

  it("where the queue takes none, the answer says so, and none is gone", async () => {
    await moveToDeadLetterQueue(2);
    const gone: RedriveDeps["bringBack"] = (_, options) =>
      redrive(queues.current.client, { from, to: `${to}-gone`, ...options });
    expect(await ask({ dryRun: false }, { bringBack: gone })).toEqual({
      ...{ ok: false, dryRun: false, results: [], redriven: [] },
      errors: [{ pointer: "", message: expect.stringMatching(/^ERR_QUEUE: .*the messages that are listed were done/) }],
    });
    const hidden = { waiting: 0, inFlight: 2, delayed: 0 }; // for half a minute, from whoever tries again at once
    expect(await createReadDepth(queues.current.client)(from)).toEqual(hidden);
  });

  it("that were laid there by somebody else do not fill the answer with their reason", async () => {
    await moveToDeadLetterQueue(1, "💣".repeat(20_000));
    const { redriven = [] } = await ask({ dryRun: false });
    expect(redriven[0]?.reason).toBe("💣".repeat(150));
  });

  it("where one fails, those that went before it are named", async () => {
    const deps: Partial<RedriveDeps> = {
      bringBack: async (_, { onMessage }) => {
        onMessage({ id: "first", reason: "ERR_INTERNAL", body: "" });
        throw new TypeError("anything may stand here");
      },
    };
    expect(await ask({ dryRun: false }, deps)).toMatchObject({
      ...{ ok: false, redriven: [{ id: "first", reason: "ERR_INTERNAL" }] },
      errors: [{ message: "ERR_INTERNAL: an internal error occurred; the messages that are listed were done" }],
    });
  });
});
