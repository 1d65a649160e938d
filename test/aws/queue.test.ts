import { randomUUID } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { createEnqueue } from "../../lib/aws/queue.ts";
import { type Message, parseMessage } from "../../lib/moderation/message.ts";
import { weaponsReport } from "../support/fixtures.ts";
import { useLanes } from "./lanes.ts";

const lanes = useLanes();
const anOrder = (): Message => ({ kind: "order", orderId: `op-${randomUUID()}`, index: 0 });
const bodies = async (lane: "live" | "bulk") =>
  (await lanes.current.receive(lane)).Records.map(({ body }) => parseMessage(body));

describe("a message that was sent", () => {
  it.each(["live", "bulk"] as const)("is on the %s queue when that resolves, and on no other", async (lane) => {
    const { client, urls } = lanes.current;
    const [first, second] = [anOrder(), anOrder()];
    const enqueue = createEnqueue(client, urls);
    await enqueue(lane, first);
    await enqueue(lane, second);
    expect(await bodies(lane)).toEqual(expect.arrayContaining([first, second]));
    expect(await bodies(lane === "live" ? "bulk" : "live")).toEqual([]);
  });

  it.each(["\ufffe", "\uffff", "💣", "\u{10ffff}", "\n\u2028\t", '"\\u0041'])(
    "arrives as it was, also with %j in a name, which SQS itself would refuse or change",
    async (odd) => {
      const { client, urls } = lanes.current;
      const report = weaponsReport();
      const stream = { ...report.stream, stream: `room ${odd.replace(/\p{Cc}/gu, "")}` };
      const message: Message = { kind: "reports", reports: [{ ...report, stream, reason: odd }] };
      await createEnqueue(client, urls)("bulk", message);
      expect(await bodies("bulk")).toEqual([message]);
    },
  );
});

it("a queue that is not there, or that nobody answers for, is ERR_QUEUE and may be tried again", async () => {
  const { client, urls } = lanes.current;
  for (const url of [`${urls.live}-gone`, "http://127.0.0.1:1/000000000000/lane"]) {
    const enqueue = createEnqueue(client, { ...urls, live: url });
    await expect(enqueue("live", anOrder())).rejects.toMatchObject({ code: "ERR_QUEUE", retryable: true });
  }
});
