/** Partial batch failures: each record succeeds or fails by itself, and one that failed gets its own next time. */
import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { OffairError } from "../errors.ts";
import { describeError, logWarn } from "../log.ts";
import type { Lane } from "../moderation/message.ts";
import type { QueueUrls } from "./queue.ts";

export interface BatchDeps {
  readonly queueUrls: QueueUrls;
  readonly delay: (lane: Lane, receiptHandle: string, delaySeconds: number) => Promise<void>;
  readonly random: () => number;
}

/** Another worker is done with a stream in about a second; Huawei's FAQ asks for 2 to 5 seconds after a 429. */
const FIRST_DELAY_S = { ERR_BUSY: 1, ERR_LIVE_THROTTLED: 3 } as const;
const MAX_DELAY_S = 60;

/** Doubles with every delivery, half of it by chance, so that records do not come back in step. */
export function redeliveryDelaySeconds(error: unknown, receiveCount: number, random: () => number): number {
  const code = error instanceof OffairError ? error.code : undefined;
  const first = code === "ERR_BUSY" || code === "ERR_LIVE_THROTTLED" ? FIRST_DELAY_S[code] : 2;
  const delaySeconds = Math.min(MAX_DELAY_S, first * 2 ** Math.max(0, receiveCount - 1));
  return Math.ceil(delaySeconds * (0.5 + 0.5 * random()));
}

/** The records run side by side: they are few, and a slow one must not hold up the others. */
export async function settleBatch(
  event: SQSEvent,
  deps: BatchDeps,
  handleBody: (body: string) => Promise<void>,
): Promise<SQSBatchResponse> {
  const failed = await Promise.all(
    event.Records.map(async (record) => {
      try {
        await handleBody(record.body);
        return [];
      } catch (error) {
        await returnToQueue(record, error, deps);
        return [{ itemIdentifier: record.messageId }];
      }
    }),
  );
  return { batchItemFailures: failed.flat() };
}

async function returnToQueue(
  record: SQSRecord,
  error: unknown,
  { queueUrls, delay, random }: BatchDeps,
): Promise<void> {
  const receiveCount = Number(record.attributes.ApproximateReceiveCount);
  const delaySeconds = redeliveryDelaySeconds(error, receiveCount, random);
  logWarn("message.returned", { messageId: record.messageId, receiveCount, delaySeconds, ...describeError(error) });
  const queueName = record.eventSourceARN.split(":").at(-1) ?? "";
  const lane: Lane = queueUrls.live.endsWith(`/${queueName}`) ? "live" : "bulk";
  // If it cannot be told so, it comes back after the queue's own time-out.
  await delay(lane, record.receiptHandle, delaySeconds).catch((failure: unknown) =>
    logWarn("message.delay-failed", { messageId: record.messageId, ...describeError(failure) }),
  );
}
