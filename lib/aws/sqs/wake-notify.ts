/**
 * Wakes `notify` for the items that were put into the outbox: for an order at once, beside the rest of the work, and for all others after the work
 * that wrote them is done. Best effort: an item whose message is lost is found by the next sweep, within a minute.
 */
import { SendMessageBatchCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { describeError, logWarn } from "../../core/log.ts";
import type { ItemKey } from "../../notify/stores.ts";
import { formatWakeMessages } from "../../notify/wake-message.ts";

/** SQS's limit for one request. The keys that do not fit into so many messages are left to the sweep. */
const MESSAGES = 10;

/**
 * Delay of the messages about what was written beside an order, in seconds: they are of the same stream, and two environments that deliver one
 * stream at the same time would leave the later one's work to the sweep.
 */
const AFTER_ORDERS_S = 1;

export interface WakeNotify {
  /** Notes the key of an item that was put into the outbox. */
  readonly onOutbox: (key: ItemKey) => void;
  /** Sends the keys that were noted since the last call; nothing if there are none. Resolves when everything is sent, and never rejects. */
  wake(): Promise<void>;
}

/** What the platform waits for: a stream is off, or on again. */
const isOrder = ({ pk }: ItemKey): boolean => pk.startsWith("STREAM#");

export function createWakeNotify(client: SQSClient, queueUrl: string): WakeNotify {
  let orders: ItemKey[] = [];
  let others: ItemKey[] = [];
  let sending: Promise<void> | undefined;
  let hadOrders = false;

  async function send(keys: readonly ItemKey[], DelaySeconds = 0): Promise<void> {
    try {
      const bodies = formatWakeMessages(keys).slice(0, MESSAGES);
      const Entries = bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody, DelaySeconds }));
      const { Failed = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
      if (Failed.length > 0) logWarn("notify.not-woken", { messages: Failed.length, code: Failed[0]?.Code });
    } catch (error) {
      logWarn("notify.not-woken", describeError(error));
    }
  }

  /** One request at a time: the orders that end meanwhile share the next one. */
  async function sendOrders(): Promise<void> {
    while (orders.length > 0) {
      const keys = orders;
      orders = [];
      await send(keys);
    }
    sending = undefined;
  }

  return {
    onOutbox(key) {
      if (!isOrder(key)) {
        others.push(key);
        return;
      }
      hadOrders = true;
      orders.push(key);
      sending ??= Promise.resolve().then(sendOrders);
    },
    async wake() {
      const keys = others;
      others = [];
      const delay = hadOrders ? AFTER_ORDERS_S : 0;
      hadOrders = false;
      await Promise.all([sending, keys.length > 0 ? send(keys, delay) : undefined]);
    },
  };
}
