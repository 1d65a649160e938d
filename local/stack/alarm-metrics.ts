/** The data points of the alarms: metrics in the functions' log lines, failed invocations, and the queues' depth and age. */
import { basename } from "node:path";
import * as z from "zod";
import type { LogLine } from "../lambda/settings.ts";
import { metricKey } from "./alarm.ts";

/** By `metricKey`. */
export type Measured = [metric: string, value: number];

const numbers = z.union([z.number().transform((value) => [value]), z.array(z.number())]);
const embeddedSchema = z.object({
  _aws: z.object({
    Timestamp: z.number(),
    CloudWatchMetrics: z.array(
      z.object({
        Namespace: z.string(),
        Dimensions: z.array(z.array(z.string())),
        Metrics: z.array(z.object({ Name: z.string() })),
      }),
    ),
  }),
});
const failedSchema = z.object({
  type: z.literal("platform.report"),
  record: z.object({ status: z.enum(["error", "failure", "timeout"]) }),
});

/** Reads the data points of a log line: embedded metrics without dimensions, or Lambda's report of a failed invocation. */
export function metricsIn({ functionName, record }: Pick<LogLine, "functionName" | "record">): Measured[] {
  if (failedSchema.safeParse(record).success) {
    return [[metricKey("AWS/Lambda", "Errors", { FunctionName: functionName }), 1]];
  }
  const { data } = embeddedSchema.safeParse(record);
  return (data?._aws.CloudWatchMetrics ?? [])
    .filter(({ Dimensions }) => Dimensions.some((set) => set.length === 0))
    .flatMap(({ Namespace, Metrics }) =>
      Metrics.flatMap(({ Name }) =>
        (numbers.safeParse(record?.[Name]).data ?? []).map((value): Measured => [metricKey(Namespace, Name), value]),
      ),
    );
}

const messageSchema = z.object({ sentTimestamp: z.number(), approximateReceiveCount: z.number() });
const queueStateSchema = z.object({
  name: z.string(),
  attributes: z.object({ ApproximateNumberOfMessages: z.coerce.number() }),
  messages: z.object({
    ready: z.array(messageSchema),
    delayed: z.array(messageSchema),
    inflight: z.array(z.object({ message: messageSchema })),
  }),
});
/** SQS ignores a message for the age after its third delivery, so that a message that always fails does not hide the others. */
const DELIVERIES_THAT_COUNT = 3;
const PATIENCE_MS = 2_000;

/**
 * Measures a queue through fauxqs's own API, because SQS has no call that returns the age. Rejects if the queues cannot be reached.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
 */
export async function measureQueue(url: string): Promise<Measured[]> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const answer = await fetch(new URL(`/_fauxqs/queues/${basename(url)}`, url), { signal });
  const { name, attributes, messages } = queueStateSchema.parse(await answer.json());
  const all = [...messages.ready, ...messages.delayed, ...messages.inflight.map(({ message }) => message)];
  const sentAt = all
    .filter(({ approximateReceiveCount }) => approximateReceiveCount < DELIVERIES_THAT_COUNT)
    .map(({ sentTimestamp }) => sentTimestamp);
  const dimensions = { QueueName: name };
  const depth: Measured = [
    metricKey("AWS/SQS", "ApproximateNumberOfMessagesVisible", dimensions),
    attributes.ApproximateNumberOfMessages,
  ];
  if (sentAt.length === 0) return [depth];
  const ageSeconds = (Date.now() - Math.min(...sentAt)) / 1_000;
  return [depth, [metricKey("AWS/SQS", "ApproximateAgeOfOldestMessage", dimensions), ageSeconds]];
}
