/**
 * Wakes `notify` for the items that were put into the outbox, after the work that wrote them is done. Best effort: an item whose message is lost
 * is found by the next sweep, within a minute.
 */
import { SendMessageBatchCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { describeError, logWarn } from "../../core/log.ts";
import type { ItemKey } from "../../notify/stores.ts";
import { formatWakeMessages } from "../../notify/wake-message.ts";

/** SQS's limit for one request. The keys that do not fit into so many messages are left to the sweep. */
const MESSAGES = 10;

export interface WakeNotify {
  /** Notes the key of an item that was put into the outbox. */
  readonly onOutbox: (key: ItemKey) => void;
  /** Sends the keys that were noted since the last call; nothing if there are none. Never rejects. */
  wake(): Promise<void>;
}

export function createWakeNotify(client: SQSClient, queueUrl: string): WakeNotify {
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
        const { Failed = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
        if (Failed.length > 0) logWarn("notify.not-woken", { messages: Failed.length, code: Failed[0]?.Code });
      } catch (error) {
        logWarn("notify.not-woken", describeError(error));
      }
    },
  };
}
