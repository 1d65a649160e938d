/** Wakes `notify` for its sweeps between two minutes of its schedule. */
import { SendMessageBatchCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { OffairError } from "../../core/errors.ts";
import { WAKE_AFTER_S } from "../../notify/sweep.ts";
import { SWEEP } from "../../notify/wake-message.ts";

/** @throws OffairError `ERR_QUEUE` if no message was accepted. */
export const createWakeSweeps = (client: SQSClient, queueUrl: string) => async (): Promise<void> => {
  const Entries = WAKE_AFTER_S.map((DelaySeconds) => ({ Id: `${DelaySeconds}`, MessageBody: SWEEP, DelaySeconds }));
  try {
    const { Failed = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
    if (Failed.length === Entries.length) throw new Error(`nothing was accepted: ${Failed[0]?.Code}`);
  } catch (cause) {
    throw new OffairError("ERR_QUEUE", "the queue of notify did not accept the wake-ups of the next sweeps", { cause });
  }
};
