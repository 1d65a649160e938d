/** Performs only the hop: forwards the body to the urgent queue. */
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { QUICK_CLIENT } from "../../../lib/aws/clients.ts";

const sqs = new SQSClient(QUICK_CLIENT);
const QueueUrl = process.env.URGENT_QUEUE_URL;

export async function handler({ body }: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: body }));
  return { statusCode: 202, headers: { "content-type": "application/json" }, body: '{"status":"accepted"}' };
}
