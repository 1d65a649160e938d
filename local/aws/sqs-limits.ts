/**
 * Limits of SQS that fauxqs does not implement: attributes of a message, and the delay of each message of a batch, of which SQS accepts the
 * others. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
 */
import type { buildApp } from "fauxqs";
import * as z from "zod";

const MAX_ATTRIBUTES = 10;
const MAX_DELAY_SECONDS = 900;

const messageSchema = z.object({
  DelaySeconds: z.number().default(0),
  MessageAttributes: z
    .record(z.string(), z.object({ StringValue: z.string().optional(), BinaryValue: z.string().optional() }))
    .default({}),
});
const batchSchema = z.object({ Entries: z.array(z.object({ Id: z.string() }).loose()) });

interface Failure {
  readonly Id: string;
  readonly SenderFault: true;
  readonly Code: "InvalidParameterValue";
  readonly Message: string;
}

/** The reason why SQS would refuse the message; undefined if it is passed to fauxqs, which checks further rules. */
function messageFault(message: unknown): string | undefined {
  const { data } = messageSchema.safeParse(message);
  if (!data) return undefined;
  const { DelaySeconds, MessageAttributes } = data;
  const attributes = Object.entries(MessageAttributes);
  if (attributes.length > MAX_ATTRIBUTES)
    return `Number of message attributes [${attributes.length}] exceeds the allowed maximum [${MAX_ATTRIBUTES}].`;
  const empty = attributes.find(([, { StringValue, BinaryValue }]) => (StringValue ?? BinaryValue) === "");
  if (empty) return `Message attribute '${empty[0]}' must contain a non-empty value.`;
  if (DelaySeconds > MAX_DELAY_SECONDS) return `DelaySeconds must be <= ${MAX_DELAY_SECONDS}.`;
  return undefined;
}

export function addSqsLimits(app: ReturnType<typeof buildApp>): void {
  const failures = new WeakMap<object, Failure[]>();

  app.addHook("preHandler", async (request, reply) => {
    const target = request.headers["x-amz-target"];
    if (target === "AmazonSQS.SendMessage") {
      const message = messageFault(request.body);
      if (message === undefined) return undefined;
      reply.code(400).headers({
        "content-type": "application/x-amz-json-1.0",
        "x-amzn-query-error": "InvalidParameterValue;Sender",
      });
      return reply.send(JSON.stringify({ __type: "com.amazonaws.sqs#InvalidParameterValue", message }));
    }
    const { data: batch } = target === "AmazonSQS.SendMessageBatch" ? batchSchema.safeParse(request.body) : {};
    if (!batch) return undefined;
    const failed = batch.Entries.flatMap((entry): Failure[] => {
      const Message = messageFault(entry);
      return Message === undefined ? [] : [{ Id: entry.Id, SenderFault: true, Code: "InvalidParameterValue", Message }];
    });
    if (failed.length === 0) return undefined;
    const Entries = batch.Entries.filter(({ Id }) => !failed.some((failure) => failure.Id === Id));
    if (Entries.length === 0) return reply.send({ Successful: [], Failed: failed });
    failures.set(request, failed);
    request.body = { ...(request.body as object), Entries };
    return undefined;
  });

  app.addHook("preSerialization", async (request, _reply, response: { Failed?: Failure[] }) => {
    const failed = failures.get(request);
    return failed ? { ...response, Failed: [...(response.Failed ?? []), ...failed] } : response;
  });
}
