/** A message as it is sent. Apart from message.ts, which reads: the webhook only writes, and reading takes a schema of everything. */
import type { Message, OrderPack } from "./message.ts";

/**
 * SQS takes the characters of XML 1.0 only and may put U+FFFD for others, which in a name is another stream; its stand-ins refuse all
 * above U+FFFF. In JSON each has an escape.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html, MessageBody.
 */
export const formatMessage = (message: Message | OrderPack): string =>
  JSON.stringify(message).replace(/[\ud800-\udfff\ufffe\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16)}`);
