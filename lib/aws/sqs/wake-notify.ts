/**
 * Wakes `notify` for the items that were put into the outbox, after the work that wrote them is done. Best effort: an item whose message is lost
 * is found by the next sweep, within a minute.
 */
import { SendMessageBatchCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { describeError, logWarn } from "../../core/log.ts";
import { SECOND_MS } from "../../core/time.ts";
import type { ItemKey } from "../../notify/stores.ts";
import { formatWakeMessages } from "../../notify/wake-message.ts";

/** SQS's limit for one request. The keys that do not fit into so many messages are left to the sweep. */
const MESSAGES = 10;

/** A writer waits no longer than this for a queue that does not answer: its own work is done, and the next one waits. */
const WAKE_WITHIN_MS = SECOND_MS;

export interface WakeNotify {
  /** Notes the key of an item that was put into the outbox. */
  readonly onOutbox: (key: ItemKey) => void;
  /** Sends the keys that were noted since the last call; nothing if there are none. Never rejects. */
  wake(): Promise<void>;
}

export function createWakeNotify(
  client: Pick<SQSClient, "send">,
  queueUrl: string,
  within: (ms: number) => AbortSignal = AbortSignal.timeout,
): WakeNotify {
  let noted: ItemKey[] = [];
  return {
    onOutbox(key) {
      noted.push(key);
    },
    async wake() {
      const keys = noted;
      noted = [];
      if (keys.length === 0) return;
      try {
        const bodies = formatWakeMessages(keys).slice(0, MESSAGES);
        const Entries = bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody }));
        const request = new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries });
        const { Failed = [] } = await client.send(request, { abortSignal: within(WAKE_WITHIN_MS) });
        if (Failed.length > 0) logWarn("notify.not-woken", { messages: Failed.length, code: Failed[0]?.Code });
      } catch (error) {
        logWarn("notify.not-woken", describeError(error));
      }
    },
  };
}
