/**
 * The SQS event source mapping: polls a queue, passes batches to a function, and deletes the messages that it did not report as failed.
 * The others, and those of a throttled or refused invocation, return to the queue after its visibility timeout, and go to the dead-letter
 * queue after `maxReceiveCount`. Lambda also repeats a throttled invocation within the visibility timeout; this mapping does not.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
import {
  DeleteMessageBatchCommand,
  type Message,
  type MessageAttributeValue,
  ReceiveMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import * as z from "zod";
import { headerWith, invocationsBefore, newTrace } from "../lambda/lineage.ts";

export interface MappingOptions {
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  readonly queueArn: string;
  readonly region: string;
  /** 1 to 10. */
  readonly batchSize: number;
  /** Maximum number of batches in flight. */
  readonly maxConcurrency: number;
  /** `ReportBatchItemFailures`: without it a batch succeeds or fails as a whole. */
  readonly partialFailures: boolean;
  /** @param trace - X-Ray header of the invocation. A refused invocation rejects, and its messages stay on the queue. */
  readonly invoke: (event: unknown, trace: string) => Promise<unknown>;
  /** The function's, in trace headers. */
  readonly lineageId: string;
  /**
   * Invocations that count as made before a message that no invocation of this function sent, as if the message had waited for long. Default 0.
   * With 16, the function is refused unless it allows recursive loops.
   */
  readonly earlierHops?: number;
  /** Called for a batch that failed as a whole and for a queue that cannot be polled; both are retried. */
  readonly onError: (error: unknown) => void;
}

export interface Mapping {
  /** Stops polling and waits for the batches in flight. */
  close(): Promise<void>;
}

/** The longest wait that SQS allows. An empty queue costs one open request, and a new message arrives at once. */
const LONG_POLL_SECONDS = 20;
const POLL_RETRY_MS = 200;

export function startMapping(options: MappingOptions): Mapping {
  const { sqs, queueUrl, batchSize, maxConcurrency, onError } = options;
  const stopping = new AbortController();
  const inFlight = new Set<Promise<void>>();

  async function poll(): Promise<void> {
    while (!stopping.signal.aborted) {
      if (inFlight.size >= maxConcurrency) await Promise.race(inFlight);
      else await receive().then(take, pause);
    }
    await Promise.all(inFlight);
  }

  const receive = async () =>
    sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: batchSize,
        WaitTimeSeconds: LONG_POLL_SECONDS,
        MessageSystemAttributeNames: ["All"],
        MessageAttributeNames: ["All"],
      }),
      { abortSignal: stopping.signal },
    );

  function take({ Messages = [] }: { Messages?: Message[] | undefined }) {
    if (Messages.length === 0) return;
    const batch = execute(Messages, options)
      .catch(onError)
      .finally(() => inFlight.delete(batch));
    inFlight.add(batch);
  }

  async function pause(error: unknown) {
    if (stopping.signal.aborted) return;
    onError(error);
    await new Promise((resolve) => setTimeout(resolve, POLL_RETRY_MS));
  }

  const polling = poll();
  return {
    close: () => {
      stopping.abort();
      return polling;
    },
  };
}

async function execute(messages: Message[], { sqs, queueUrl, partialFailures, invoke, ...source }: MappingOptions) {
  const answer = await invoke(batchEvent(messages, source), batchTrace(messages, source, new Date()));
  const failed = partialFailures ? failedIds(answer, messages.map(idOf)) : new Set<string>();
  const done = messages.filter((message) => !failed.has(idOf(message)));
  if (done.length === 0) return;
  const Entries = done.map((message, index) => ({ Id: String(index), ReceiptHandle: message.ReceiptHandle }));
  const { Failed = [] } = await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
  if (Failed.length > 0)
    throw new Error(`${Failed.length} messages of ${queueUrl} were not deleted: ${Failed[0]?.Code}`);
}

const idOf = ({ MessageId = "" }: Message): string => MessageId;

/** The trace header of the message with the most invocations in its chain: see local/lambda/lineage.ts. */
export function batchTrace(
  messages: readonly Message[],
  { lineageId, earlierHops = 0 }: Pick<MappingOptions, "lineageId" | "earlierHops">,
  now: Date,
): string {
  const traces = messages.map(({ Attributes }) => {
    const trace = Attributes?.AWSTraceHeader ?? newTrace(now);
    const hops = invocationsBefore(trace, lineageId);
    if (hops > 0 || earlierHops === 0) return { trace, hops };
    return { trace: headerWith(trace, lineageId, earlierHops - 1), hops: earlierHops };
  });
  return traces.reduce((most, each) => (each.hops > most.hops ? each : most)).trace;
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html#example-standard-queue-message-event */
export const batchEvent = (
  messages: readonly Message[],
  { queueArn, region }: { queueArn: string; region: string },
) => ({
  Records: messages.map((message) => ({
    messageId: message.MessageId,
    receiptHandle: message.ReceiptHandle,
    body: message.Body,
    attributes: message.Attributes ?? {},
    messageAttributes: Object.fromEntries(
      Object.entries(message.MessageAttributes ?? {}).map(([name, value]) => [name, attributeOf(value)]),
    ),
    ...(message.MD5OfMessageAttributes && { md5OfMessageAttributes: message.MD5OfMessageAttributes }),
    md5OfBody: message.MD5OfBody,
    eventSource: "aws:sqs",
    eventSourceARN: queueArn,
    awsRegion: region,
  })),
});

const attributeOf = ({ StringValue, BinaryValue, DataType }: MessageAttributeValue) => ({
  ...(StringValue !== undefined && { stringValue: StringValue }),
  ...(BinaryValue !== undefined && { binaryValue: Buffer.from(BinaryValue).toString("base64") }),
  stringListValues: [],
  binaryListValues: [],
  dataType: DataType,
});

const batchAnswerSchema = z
  .object({ batchItemFailures: z.array(z.object({ itemIdentifier: z.string().min(1) })).nullish() })
  .nullish();

/**
 * The messages that stay on the queue: none for a response without failures; all if the response is malformed or names a
 * message that was not in the batch.
 */
export function failedIds(answer: unknown, messageIds: readonly string[]): Set<string> {
  const { success, data } = batchAnswerSchema.safeParse(answer);
  const named = data?.batchItemFailures?.map(({ itemIdentifier }) => itemIdentifier) ?? [];
  return success && named.every((id) => messageIds.includes(id)) ? new Set(named) : new Set(messageIds);
}
