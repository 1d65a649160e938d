/** Starts the stand-ins for SQS, SNS, DynamoDB, S3 and Secrets Manager on the loopback address, with real SDK clients for them. */
import type { IncomingMessage, RequestListener } from "node:http";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import { createQueues } from "../aws/queues.ts";
import { type Secrets, startSecrets } from "../aws/secrets.ts";
import { type Storage, startStorage } from "../aws/storage.ts";
import { createTables } from "../aws/tables.ts";
import { listenOnLoopback } from "../kit/http.ts";

export interface Clients {
  readonly sqs: SQSClient;
  readonly sns: SNSClient;
  readonly dynamo: DynamoDBClient;
  readonly s3: S3Client;
  readonly secrets: SecretsManagerClient;
}

export interface Engines {
  readonly sqsUrl: string;
  readonly storage: Storage;
  readonly secrets: Secrets;
  readonly clients: Clients;
  /** Environment variables that point an unmodified SDK to the stand-ins. The S3 client uses path style because the host is an IP address. */
  readonly environment: Readonly<Record<string, string>>;
}

/** A response that replaces carrying a request out. */
export interface Refusal {
  readonly status: number;
  readonly body: object;
}
export type Interfere = (service: "sqs" | "dynamodb", request: IncomingMessage) => Refusal | undefined;

const AWS_JSON = "application/x-amz-json-1.0";

/**
 * Registers every started server with `cleanup`, so that it is closed even if a later one fails to start.
 *
 * @param interfere - called before the queues and the tables carry out a request; `undefined` lets the request through.
 */
export async function startEngines(
  region: string,
  cleanup: AsyncDisposableStack,
  interfere: Interfere = () => undefined,
): Promise<Engines> {
  const [sqsUrl, dynamoUrl, storage, secrets] = await Promise.all([
    startQueues(region, cleanup, interfere),
    startTables(cleanup, interfere),
    startStorage().then((started) => deferClose(started, cleanup)),
    startSecrets({ region }).then((started) => deferClose(started, cleanup)),
  ]);
  const settings = (endpoint: string) => ({
    endpoint,
    region,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
  const clients = {
    sqs: new SQSClient(settings(sqsUrl)),
    sns: new SNSClient(settings(sqsUrl)), // fauxqs serves both
    dynamo: new DynamoDBClient(settings(dynamoUrl)),
    s3: new S3Client(settings(storage.url)),
    secrets: new SecretsManagerClient(settings(secrets.url)),
  };
  cleanup.defer(() => {
    for (const client of Object.values(clients)) client.destroy();
  });
  const environment = {
    AWS_ENDPOINT_URL_SQS: sqsUrl,
    AWS_ENDPOINT_URL_SNS: sqsUrl,
    AWS_ENDPOINT_URL_DYNAMODB: dynamoUrl,
    AWS_ENDPOINT_URL_S3: storage.url,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
  };
  return { sqsUrl, storage, secrets, clients, environment };
}

function deferClose<T extends { close(): Promise<void> }>(started: T, cleanup: AsyncDisposableStack): T {
  cleanup.defer(() => started.close());
  return started;
}

async function startQueues(
  defaultRegion: string,
  cleanup: AsyncDisposableStack,
  interfere: Interfere,
): Promise<string> {
  const app = createQueues(defaultRegion);
  app.addHook("onRequest", async (request, reply) => {
    const refusal = interfere("sqs", request.raw);
    return refusal && reply.code(refusal.status).header("content-type", AWS_JSON).send(JSON.stringify(refusal.body));
  });
  cleanup.defer(async () => {
    await app.close();
  });
  return app.listen({ port: 0, host: "127.0.0.1" });
}

async function startTables(cleanup: AsyncDisposableStack, interfere: Interfere): Promise<string> {
  const server = createTables();
  const serve = server.listeners("request") as RequestListener[]; // called after `interfere`
  server.removeAllListeners("request").on("request", (request, response) => {
    const refusal = interfere("dynamodb", request);
    if (!refusal) return serve.forEach((listener) => void listener.call(server, request, response));
    request.resume();
    request.once("end", () => {
      response.writeHead(refusal.status, { "content-type": AWS_JSON }).end(JSON.stringify(refusal.body));
    });
  });
  const { url, close } = await listenOnLoopback(server);
  cleanup.defer(close);
  return url;
}
