/** Wakes the clock before its next minute, for a case that people are to be alerted to at once. */
import { SendMessageBatchCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { OffairError } from "../../core/errors.ts";

/**
 * The case is written after the clock was woken, and the index follows the table: 5 seconds are enough as a rule. The second time is for the
 * rest, and for an alarm that the topic did not take at first; both are within a minute, also after the longest wait of the mapping (20 s).
 */
const AFTER_S = [5, 30] as const;

/** @throws OffairError `ERR_QUEUE` */
export const createWakeClock = (client: SQSClient, queueUrl: string) => async (): Promise<void> => {
  const Entries = AFTER_S.map((DelaySeconds, index) => ({ Id: String(index), MessageBody: "{}", DelaySeconds }));
  try {
    const { Failed = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
    if (Failed.length === Entries.length) throw new Error(`nothing was accepted: ${Failed[0]?.Code}`);
  } catch (cause) {
    throw new OffairError("ERR_QUEUE", "the clock's queue did not accept the message", { cause });
  }
};
