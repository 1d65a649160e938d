/** Waking notify, with the queue of a real SQS stand-in. */
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterEach, describe, expect, it, jest } from "@jest/globals";
import { createWakeNotify } from "../../../lib/aws/sqs/wake-notify.ts";
import type { ItemKey } from "../../../lib/notify/stores.ts";
import { parseWakeMessage } from "../../../lib/notify/wake-message.ts";
import { useQueues } from "./queues.ts";

const queues = useQueues();
afterEach(() => {
  jest.restoreAllMocks();
});

/** The keys of all messages of the queue. */
async function received(): Promise<ItemKey[][]> {
  const { client, urls } = queues.current;
  const keys: ItemKey[][] = [];
  for (;;) {
    const request = new ReceiveMessageCommand({ QueueUrl: urls.bulk, MaxNumberOfMessages: 10 });
    const { Messages = [] } = await client.send(request);
    if (Messages.length === 0) return keys;
    for (const { Body = "", ReceiptHandle } of Messages) {
      const message = parseWakeMessage(Body);
      keys.push("keys" in message ? message.keys : []);
      await client.send(new DeleteMessageCommand({ QueueUrl: urls.bulk, ReceiptHandle }));
    }
  }
}
const key = (name: string): ItemKey => ({ pk: `REPORT#${name}`, sk: "REPORT" });

describe("waking notify", () => {
  it("sends each noted key once, in one message, and forgets it", async () => {
    const notify = createWakeNotify(queues.current.client, queues.current.urls.bulk);
    for (const name of ["a", "b", "a"]) notify.onOutbox(key(name));
    await notify.wake();
    expect(await received()).toEqual([[key("a"), key("b")]]);
    await notify.wake();
    expect(await received()).toEqual([]);
  });

  it("sends several messages for many keys, and leaves the rest to the sweep", async () => {
    const notify = createWakeNotify(queues.current.client, queues.current.urls.bulk);
    for (let number = 0; number < 2_000; number++) notify.onOutbox(key(`${"long".repeat(20)}-${number}`));
    await notify.wake();
    const messages = await received();
    expect(messages).toHaveLength(10);
    expect(messages.flat().length).toBeGreaterThan(700);
  });

  it("gives up a queue that does not answer, so that the worker goes on", async () => {
    const warn = jest.spyOn(console, "warn").mockImplementation(() => {});
    const send = (_request: unknown, { abortSignal }: { readonly abortSignal: AbortSignal }) =>
      new Promise((_resolve, reject) => abortSignal.addEventListener("abort", () => reject(new Error("aborted"))));
    const timer = new AbortController();
    const waits: number[] = [];
    const notify = createWakeNotify({ send: send as never }, "https://sqs.example/queue", (ms) => {
      waits.push(ms);
      return timer.signal;
    });
    notify.onOutbox(key("a"));
    const woken = notify.wake();
    timer.abort();
    await woken;
    expect(waits).toEqual([1_000]);
    expect(warn).toHaveBeenCalledWith(expect.objectContaining({ event: "notify.not-woken" }));
  });

  it("logs a warning and never rejects if the queue cannot be reached", async () => {
    const warn = jest.spyOn(console, "warn").mockImplementation(() => {});
    const nowhere = new SQSClient({
      ...{ endpoint: "http://127.0.0.1:9", region: "eu-central-1", maxAttempts: 1 },
      credentials: { accessKeyId: "a", secretAccessKey: "b" },
    });
    const notify = createWakeNotify(nowhere, "http://127.0.0.1:9/queue");
    notify.onOutbox(key("a"));
    await notify.wake();
    expect(warn).toHaveBeenCalledWith(expect.objectContaining({ event: "notify.not-woken" }));
    nowhere.destroy();
  });
});
