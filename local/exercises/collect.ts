/** Collects the evidence of an exercise from ledger, queues, archive and Live. Reads tables and queues directly, not through lib/. */
import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import { GetQueueAttributesCommand, type QueueAttributeName } from "@aws-sdk/client-sqs";
import { ScanCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { nameOf, type Stream } from "../../lib/core/stream.ts";
import type { Simulator } from "../live/simulator-types.ts";
import type { Stack } from "../stack/stack.ts";
import type { EvidenceRecords, Item, LiveState } from "./evidence.ts";

const DRAIN_POLL_MS = 250;
const POLL_MS = 20;

export const isDeadLetter = ({ queue }: { readonly queue: string }): boolean => queue.endsWith("DeadLetters");

/** Waits until `isSo`, or until the time limit. Returns whether it is so; the scorecard reports a failure. */
export async function waitUntil(
  isSo: () => boolean | Promise<boolean>,
  patienceMs: number,
  everyMs = POLL_MS,
): Promise<boolean> {
  const giveUpAt = Date.now() + patienceMs;
  while (Date.now() < giveUpAt) {
    if (await isSo()) return true;
    await sleep(everyMs);
  }
  return false;
}

/** Waits until the queues are empty at two checks in a row. Returns false after the time limit, or if `isOver`. */
export async function queuesDrained(
  stack: Stack,
  patienceMs: number,
  isOver: () => Promise<boolean>,
): Promise<boolean> {
  let calm = 0;
  const look = async () => {
    calm = (await queuesAreEmpty(stack)) ? calm + 1 : 0;
    return calm === 2 || (await isOver());
  };
  await waitUntil(look, patienceMs, DRAIN_POLL_MS);
  return calm === 2;
}

/** Whether no message is ready, in flight or delayed. */
async function queuesAreEmpty({ queues, clients: { sqs } }: Stack): Promise<boolean> {
  const AttributeNames: QueueAttributeName[] = [
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
  ];
  for (const [queue, QueueUrl] of Object.entries(queues)) {
    if (isDeadLetter({ queue })) continue;
    const { Attributes = {} } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
    if (Object.values(Attributes).some((count) => count !== "0")) return false;
  }
  return true;
}

type Collected = Pick<EvidenceRecords, "ledger" | "messages" | "calls" | "pushes" | "callbacks" | "objects">;

export async function collect(stack: Stack, simulator: Simulator): Promise<Collected> {
  const messages = await Promise.all(Object.entries(stack.queues).map(([id, url]) => messagesOn(id, url)));
  return {
    ledger: await itemsOf(stack),
    messages: messages.flat(),
    calls: simulator.calls(),
    pushes: simulator.events(),
    callbacks: simulator.callbacks(),
    objects: stack.storage.keys(stack.bucket).map((key) => {
      const bytes = Buffer.from(stack.storage.read(stack.bucket, key) ?? []);
      return { key, text: (key.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString() };
    }),
  };
}

/** @param isOurs - selects the streams of the exercise. */
export function liveState(simulator: Simulator, moment: string, isOurs: (stream: Stream) => boolean): LiveState {
  const { encoders, disabled } = simulator.state();
  return {
    moment,
    disabled: disabled.filter(isOurs),
    encoders: encoders.map((encoder) => ({ stream: nameOf(encoder), online: encoder.online, pushes: encoder.pushes })),
  };
}

async function itemsOf({ clients: { dynamo }, table: TableName }: Stack): Promise<Item[]> {
  const items: Item[] = [];
  let start: Record<string, unknown> | undefined;
  do {
    const page = await dynamo.send(new ScanCommand({ TableName, ...(start && { ExclusiveStartKey: start }) }));
    for (const item of page.Items ?? []) items.push({ ...item, pk: String(item.pk), sk: String(item.sk) });
    start = page.LastEvaluatedKey;
  } while (start);
  return items;
}

const restingSchema = z.looseObject({
  body: z.string(),
  messageAttributes: z.record(z.string(), z.unknown()).default({}),
});
const inspectedSchema = z.object({
  messages: z.object({
    ready: z.array(restingSchema),
    delayed: z.array(restingSchema),
    inflight: z.array(z.object({ message: restingSchema })),
  }),
});

/** Reads through the inspection API of fauxqs, which takes no message off the queue. */
async function messagesOn(queue: string, url: string): Promise<EvidenceRecords["messages"]> {
  const name = url.split("/").at(-1) ?? "";
  const answer = await fetch(`${new URL(url).origin}/_fauxqs/queues/${name}`);
  const { messages } = inspectedSchema.parse(await answer.json());
  return [...messages.ready, ...messages.delayed, ...messages.inflight.map(({ message }) => message)].map(
    ({ body, messageAttributes }) => ({ queue, body, attributes: messageAttributes }),
  );
}
