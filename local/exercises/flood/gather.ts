/** What the flood left in the ledger, at Live and on the dead-letter queues, and what a person is shown of it. Reads the table itself, not through lib/. */
import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { ScanCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { streamSchema } from "../../../lib/core/stream.ts";
import type { Simulator } from "../../live/simulator-types.ts";
import type { Stack } from "../../stack/stack.ts";
import type { FloodMaterial, OrderItem, ReportItem } from "./inputs.ts";

const text = z.string();
const keySchema = z.object({ pk: text, sk: text });
const reportSchema = z.object({
  report: z.object({ id: text }),
  outcome: text.optional(),
  because: text.optional(),
  decidedAt: text,
});
const orderSchema = z.object({
  stream: streamSchema,
  action: text,
  outcome: text.optional(),
  attempts: z.array(z.unknown()),
});
const liveStreamsSchema = z.object({ count: z.number() });

type Ledger = Pick<FloodMaterial, "reports" | "orders" | "liveStreams">;

export async function readLedger({ clients: { dynamo }, table: TableName }: Stack): Promise<Ledger> {
  const reports: ReportItem[] = [];
  const orders: OrderItem[] = [];
  let liveStreams: number | undefined;
  let start: Record<string, unknown> | undefined;
  do {
    const page = await dynamo.send(new ScanCommand({ TableName, ...(start && { ExclusiveStartKey: start }) }));
    for (const item of page.Items ?? []) {
      const { pk, sk } = keySchema.parse(item);
      if (pk.startsWith("REPORT#")) {
        const { report, ...rest } = reportSchema.parse(item);
        reports.push({ id: report.id, ...rest });
      } else if (pk.startsWith("STREAM#") && sk.startsWith("ORDER#")) {
        const { attempts, ...rest } = orderSchema.parse(item);
        orders.push({ ...rest, attempts: attempts.length });
      } else if (pk === "AUDIT" && sk === "LIVE_STREAMS") {
        liveStreams = liveStreamsSchema.parse(item).count;
      }
    }
    start = page.LastEvaluatedKey;
  } while (start);
  return { reports, orders, liveStreams };
}

export function readLive(simulator: Simulator): Pick<FloodMaterial, "writes" | "encoders"> {
  return {
    writes: simulator
      .calls()
      .filter(({ method }) => method !== "GET")
      .map(({ stream, committed }) => ({ stream, committed })),
    encoders: simulator.state().encoders.map(({ domain, app, stream, online, pushes }) => {
      return { stream: { domain, app, stream }, online, pushes };
    }),
  };
}

const pageSchema = z.object({
  ok: z.literal(true),
  reviews: z.array(z.object({ key: text })),
  next: text.optional(),
});

/** Page by page, as a person would. */
export async function listReviews(stack: Pick<Stack, "invoke">): Promise<string[]> {
  const keys: string[] = [];
  let after: string | undefined;
  do {
    const event = { action: "review", reason: "flood", requestedBy: "ana@example.com", ...(after && { after }) };
    const { reviews, next } = pageSchema.parse(await stack.invoke("incident", event));
    for (const { key } of reviews) keys.push(key);
    after = next;
  } while (after !== undefined);
  return keys;
}

export async function countDeadLetters({ queues, clients: { sqs } }: Pick<Stack, "queues" | "clients">) {
  let count = 0;
  for (const [id, QueueUrl] of Object.entries(queues)) {
    if (!id.endsWith("DeadLetters")) continue;
    const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["ApproximateNumberOfMessages"] });
    const { Attributes = {} } = await sqs.send(command);
    count += Number(Attributes.ApproximateNumberOfMessages ?? 0);
  }
  return count;
}
