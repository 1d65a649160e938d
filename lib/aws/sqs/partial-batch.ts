/**
 * Processes the records of an SQS batch independently, with partial batch failures. A retryable failure returns to the queue with a delay
 * of its own and does not use up its deliveries. A permanent failure goes straight to the dead-letter queue with its reason.
 */
import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { OffairError } from "../../core/errors.ts";
import { describeError, logError, logWarn } from "../../core/log.ts";
import { emitMetrics } from "../../core/metrics.ts";
import { SECOND_MS } from "../../core/time.ts";
import { withTrace } from "../../core/trace.ts";
import type { Priority } from "../../queue/priority.ts";
import { traceOfMessage } from "../../queue/trace-of-message.ts";
import type { Received, WorkerQueues } from "./queue.ts";

export interface BatchDeps {
  readonly queues: WorkerQueues;
  readonly random: () => number;
  /** Resolves when unfinished records have to be returned to the queue. */
  readonly timeUp: Promise<void>;
}

/** Another worker finishes a stream in about a second; Huawei's FAQ asks for 2 to 5 seconds after a 429. */
const FIRST_DELAY_S = { ERR_BUSY: 1, ERR_LIVE_THROTTLED: 3 } as const;
const MAX_DELAY_S = { urgent: 10, bulk: 60 } as const;

/** A locked stream is free soon, or, if its worker died, after the lock's timeout. */
const MAX_BUSY_DELAY_S = 4;

/** From this delivery on a waiting message is resent as a new one, because `maxReceiveCount` is 20 and must only count crashes. */
const RESEND_FROM = 15;

/** From this delivery on an internal error is dead-lettered; above RESEND_FROM, because earlier deliveries may have been waits. */
const MAX_INTERNAL_ERROR_DELIVERIES = 18;

/** The delay before the next delivery, in seconds: doubles from the third delivery on; half of it is jitter. */
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

/** Runs `handleBody` for all records concurrently, because they are few and a slow one must not delay the others. */
export async function processRecords(
  event: SQSEvent,
  deps: BatchDeps,
  handleBody: (body: string, queue: Priority) => Promise<void>,
): Promise<SQSBatchResponse> {
  const late = deps.timeUp.then(() => {
    throw new OffairError("ERR_BUSY", "the invocation's time is nearly up");
  });
  late.catch(() => {}); // without records, nothing awaits it
  const failed = await Promise.all(
    // A message that was not sent by a function, or cannot be read, is its own trace.
    event.Records.map((record) =>
      withTrace(traceOfMessage(record.body) ?? record.messageId, () => processRecord(record)),
    ),
  );
  return { batchItemFailures: failed.flat() };

  async function processRecord(record: SQSRecord): Promise<{ itemIdentifier: string }[]> {
    const queue = deps.queues.queueOf(record.eventSourceARN);
    try {
      // A handler that continues after this changes nothing at Live, because no order is sent after its `sendBy`.
      await Promise.race([handleBody(record.body, queue), late]);
      return [];
    } catch (error) {
      return (await giveUp(record, queue, error, deps)) ? [] : [{ itemIdentifier: record.messageId }];
    }
  }
}

/** Returns or dead-letters a failed record. @returns true if the message can be deleted; false if SQS delivers it again. */
async function giveUp(
  record: SQSRecord,
  queue: Priority,
  error: unknown,
  { queues, random }: BatchDeps,
): Promise<boolean> {
  const firstSentAt = record.messageAttributes.firstSentAt?.stringValue ?? record.attributes.SentTimestamp;
  const message: Received = { queue, body: record.body, receiptHandle: record.receiptHandle, firstSentAt };
  const receiveCount = Number(record.attributes.ApproximateReceiveCount);
  const fields = { messageId: record.messageId, queue, receiveCount, ...describeError(error) };
  const isKnown = error instanceof OffairError;
  try {
    if (isKnown ? !error.retryable : receiveCount >= MAX_INTERNAL_ERROR_DELIVERIES) {
      await queues.moveToDeadLetterQueue(message, isKnown ? `${error.code}: ${error.message}` : "ERR_INTERNAL");
      logError("message.dead", fields);
      emitMetrics({ MessagesDead: 1 });
      return true;
    }
    const delaySeconds = redeliveryDelaySeconds(error, { queue, receiveCount }, random);
    logWarn("message.returned", { ...fields, delaySeconds });
    // SQS's own age metric omits messages after three deliveries, and so all that wait for Live.
    const ageS = (Date.now() - Number(firstSentAt)) / SECOND_MS;
    emitMetrics({ MessagesReturned: 1, ...(queue === "urgent" && { UrgentMessageAge: ageS }) });
    if (isKnown && receiveCount >= RESEND_FROM) {
      await queues.resend(message, delaySeconds);
      return true;
    }
    await queues.delay(message, delaySeconds);
  } catch (failure) {
    // SQS delivers the message again after the queue's visibility timeout.
    logWarn("message.return-failed", { messageId: record.messageId, ...describeError(failure) });
  }
  return false;
}
