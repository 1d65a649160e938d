/**
 * Formats messages for the queues. Apart from message.ts, because the webhook only sends and does not need the schemas to parse: 4 kB less.
 */
import { traced } from "../core/trace.ts";
import type { Message, OrderPack } from "./message.ts";

/**
 * Formats a message with its trace id (trace-of-message.ts) as JSON, and escapes the characters that SQS may replace. SQS accepts the
 * characters of XML 1.0 only, and a replaced character in a name would mean another stream; local SQS servers refuse everything above U+FFFF.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html, MessageBody.
 */
export const formatMessage = (message: Message | OrderPack): string =>
  JSON.stringify({ ...message, ...traced() }).replace(
    /[\ud800-\udfff\ufffe\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16)}`,
  );
