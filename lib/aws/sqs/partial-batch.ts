/**
 * Partial batch failures: each record ends by itself. What may work later gets its own next time, and uses up no deliveries by
 * waiting; what can never succeed is laid to rest with its reason, rather than delivered until the queue gives up on it.
 */
import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { OffairError } from "../../core/errors.ts";
import { describeError, logError, logWarn } from "../../core/log.ts";
import { emitMetrics } from "../../core/metrics.ts";
import { SECOND_MS } from "../../core/time.ts";
import type { Priority } from "../../queue/priority.ts";
import type { Received, WorkerQueues } from "./queue.ts";

export interface BatchDeps {
  readonly queues: WorkerQueues;
  readonly random: () => number;
  /** Resolves when the records that are still at work have to be returned. */
  readonly timeUp: Promise<void>;
}

/** Another worker is done with a stream in about a second; Huawei's FAQ asks for 2 to 5 seconds after a 429. */
const FIRST_DELAY_S = { ERR_BUSY: 1, ERR_LIVE_THROTTLED: 3 } as const;
const MAX_DELAY_S = { urgent: 10, bulk: 60 } as const;

/** What another worker holds up is free again soon, or, if that one died, after its lock. */
const MAX_BUSY_DELAY_S = 4;

/** `maxReceiveCount` of the queues is 20: workers that die use deliveries up, waiting must not. */
const RENEW_FROM = 15;

/** A fault of ours that comes back still, beyond the deliveries that waiting may have used up. */
const UNFORESEEN_DELIVERIES = 18;

/** Doubles from the third delivery on, half of it by chance, so that records do not come back in step: twice may be bad luck. */
export function redeliveryDelaySeconds(
  error: unknown,
  { queue, receiveCount }: { queue: Priority; receiveCount: number },
  random: () => number,
): number {
  const code = error instanceof OffairError ? error.code : undefined;
  const first = code === "ERR_BUSY" || code === "ERR_LIVE_THROTTLED" ? FIRST_DELAY_S[code] : 2;
  const delaySeconds = Math.min(
    code === "ERR_BUSY" ? MAX_BUSY_DELAY_S : MAX_DELAY_S[queue],
    first * 2 ** Math.max(0, receiveCount - 2),
  );
  return Math.ceil(delaySeconds * (0.5 + 0.5 * random()));
}

/** The records run side by side: they are few, and a slow one must not hold up the others. */
export async function processRecords(
  event: SQSEvent,
  deps: BatchDeps,
  handleBody: (body: string, queue: Priority) => Promise<void>,
): Promise<SQSBatchResponse> {
  const late = deps.timeUp.then(() => {
    throw new OffairError("ERR_BUSY", "the invocation's time is nearly up");
  });
  late.catch(() => {}); // nobody may be waiting for it
  const failed = await Promise.all(
    event.Records.map(async (record) => {
      const queue = deps.queues.queueOf(record.eventSourceARN);
      try {
        // What goes on after its time changes nothing at Live: no order is sent once its `sendBy` is over.
        await Promise.race([handleBody(record.body, queue), late]);
        return [];
      } catch (error) {
        return (await giveUp(record, queue, error, deps)) ? [] : [{ itemIdentifier: record.messageId }];
      }
    }),
  );
  return { batchItemFailures: failed.flat() };
}

/** True if something else stands for the message now, so that it can be deleted; false if it comes back by itself. */
async function giveUp(
  record: SQSRecord,
  queue: Priority,
  error: unknown,
  { queues, random }: BatchDeps,
): Promise<boolean> {
  const firstSentAt = record.messageAttributes.firstSentAt?.stringValue ?? record.attributes.SentTimestamp;
  const message: Received = { queue, body: record.body, receiptHandle: record.receiptHandle, firstSentAt };
  const receiveCount = Number(record.attributes.ApproximateReceiveCount);
  const said = { messageId: record.messageId, queue, receiveCount, ...describeError(error) };
  const isForeseen = error instanceof OffairError;
  try {
    if (isForeseen ? !error.retryable : receiveCount >= UNFORESEEN_DELIVERIES) {
      await queues.moveToDeadLetterQueue(message, isForeseen ? `${error.code}: ${error.message}` : "ERR_INTERNAL");
      logError("message.dead", said);
      emitMetrics({ MessagesDead: 1 });
      return true;
    }
    const delaySeconds = redeliveryDelaySeconds(error, { queue, receiveCount }, random);
    logWarn("message.returned", { ...said, delaySeconds });
    // SQS's own oldest age leaves out what was delivered three times, and so all that waits for Live.
    const ageS = (Date.now() - Number(firstSentAt)) / SECOND_MS;
    emitMetrics({ MessagesReturned: 1, ...(queue === "urgent" && { UrgentMessageAge: ageS }) });
    if (isForeseen && receiveCount >= RENEW_FROM) {
      await queues.resend(message, delaySeconds);
      return true;
    }
    await queues.delay(message, delaySeconds);
  } catch (failure) {
    // It comes back after the queue's own time-out.
    logWarn("metrics.emit-failed", { messageId: record.messageId, ...describeError(failure) });
  }
  return false;
}
