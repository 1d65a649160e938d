/**
 * Rules of SQS that fauxqs does not implement: the trace header of a message, and the limit of a delay.
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-services-sqs.html
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
import type { buildApp } from "fauxqs";
import * as z from "zod";

type Fauxqs = ReturnType<typeof buildApp>;

const MAX_DELAY_SECONDS = 900;

const entrySchema = z.object({
  Id: z.string().optional(),
  DelaySeconds: z.number().optional(),
  MessageSystemAttributes: z.object({ AWSTraceHeader: z.object({ StringValue: z.string() }).optional() }).optional(),
});
const requestSchema = entrySchema.extend({
  Entries: z.array(entrySchema).optional(),
  AttributeNames: z.array(z.string()).default([]),
  MessageSystemAttributeNames: z.array(z.string()).default([]),
});
type SqsRequest = z.infer<typeof requestSchema>;

interface SqsResponse {
  readonly MessageId?: string;
  readonly Successful?: readonly { readonly Id: string; readonly MessageId: string }[];
  readonly Messages?: readonly { readonly MessageId: string; Attributes?: Record<string, string> }[];
}

export function addSqsRules(app: Fauxqs): void {
  /** By message id. A dead letter keeps its id. Entries are not removed, because a local stack does not live long. */
  const traces = new Map<string, string>();

  app.addHook("preHandler", async ({ headers, body }, reply) => {
    if (headers["x-amz-target"] !== "AmazonSQS.SendMessage") return undefined;
    const { DelaySeconds = 0 } = requestSchema.parse(body);
    if (DelaySeconds >= 0 && DelaySeconds <= MAX_DELAY_SECONDS) return undefined;
    const message = `Value ${DelaySeconds} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= ${MAX_DELAY_SECONDS}.`;
    reply
      .header("content-type", "application/x-amz-json-1.0")
      .header("x-amzn-query-error", "InvalidParameterValue;Sender");
    return reply.code(400).send(JSON.stringify({ __type: "com.amazonaws.sqs#InvalidParameterValue", message }));
  });

  app.addHook("preSerialization", async ({ headers, body }, _reply, response: SqsResponse) => {
    const target = String(headers["x-amz-target"]);
    const { data: request } = target.startsWith("AmazonSQS.") ? requestSchema.safeParse(body) : {};
    if (!request) return response;
    const fromHeader = headers["x-amzn-trace-id"];
    const remember = (id: string | undefined, entry: SqsRequest | z.infer<typeof entrySchema> | undefined) => {
      const trace = entry?.MessageSystemAttributes?.AWSTraceHeader?.StringValue ?? fromHeader;
      if (id !== undefined && trace !== undefined) traces.set(id, String(trace));
    };
    if (target.endsWith(".SendMessage")) remember(response.MessageId, request);
    for (const { Id, MessageId } of response.Successful ?? []) {
      if (target.endsWith(".SendMessageBatch"))
        remember(
          MessageId,
          request.Entries?.find((entry) => entry.Id === Id),
        );
    }
    const names = [...request.AttributeNames, ...request.MessageSystemAttributeNames];
    if (!names.includes("All") && !names.includes("AWSTraceHeader")) return response;
    for (const message of response.Messages ?? []) {
      const trace = traces.get(message.MessageId);
      if (trace !== undefined) message.Attributes = { ...message.Attributes, AWSTraceHeader: trace };
    }
    return response;
  });
}
