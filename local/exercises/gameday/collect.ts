/** Gathers what the day left in the ledger, on the queues, in the archive and at Live. Reads tables and queues themselves, not through lib/. */
import { GetQueueAttributesCommand, type QueueAttributeName } from "@aws-sdk/client-sqs";
import { ScanCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import type { Stack } from "../../stack/stack.ts";
import type { Item, Material } from "./inputs.ts";
import { CROWD, type DayWorld } from "./world.ts";

const QUEUES = ["UrgentQueue", "BulkQueue"];

/** Nothing to be taken, nothing taken and not given back, nothing that waits for its time. */
export async function queuesAreEmpty(stack: Stack): Promise<boolean> {
  const AttributeNames: QueueAttributeName[] = [
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
  ];
  for (const queue of QUEUES) {
    const command = new GetQueueAttributesCommand({ QueueUrl: stack.queues[queue], AttributeNames });
    const { Attributes = {} } = await stack.clients.sqs.send(command);
    if (Object.values(Attributes).some((count) => count !== "0")) return false;
  }
  return true;
}

type Collected = Pick<Material, "ledger" | "queues" | "dead-letters" | "live-calls" | "live-disabled" | "snapshots">;

export async function collect({ stack, simulator }: DayWorld): Promise<Collected> {
  const queues = await Promise.all(Object.entries(stack.queues).map(([id, url]) => messagesOn(id, url)));
  const isQueue = ({ queue }: { queue: string }) => QUEUES.includes(queue);
  return {
    ledger: await itemsOf(stack),
    queues: queues.flat().filter(isQueue),
    "dead-letters": queues.flat().filter((message) => !isQueue(message)),
    "live-calls": simulator.calls(),
    "live-disabled": simulator
      .state()
      .disabled.filter(({ domain, app }) => domain !== CROWD.domain || app !== CROWD.app),
    snapshots: stack.storage.keys(stack.bucket).map((key) => {
      return { key, text: Buffer.from(stack.storage.read(stack.bucket, key) ?? []).toString() };
    }),
  };
}

/** All that is in the ledger's table. */
export async function itemsOf({ clients: { dynamo }, table: TableName }: Stack): Promise<Item[]> {
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

/** The stand-in's own window on a queue, which takes nothing off it. */
async function messagesOn(queue: string, url: string): Promise<Material["queues"][number][]> {
  const name = url.split("/").at(-1) ?? "";
  const answer = await fetch(`${new URL(url).origin}/_fauxqs/queues/${name}`);
  const { messages } = inspectedSchema.parse(await answer.json());
  return [...messages.ready, ...messages.delayed, ...messages.inflight.map(({ message }) => message)].map(
    ({ body, messageAttributes }) => ({ queue, body, attributes: messageAttributes }),
  );
}
