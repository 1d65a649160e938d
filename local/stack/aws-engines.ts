/** Starts the stand-ins for SQS, SNS, DynamoDB, S3, Secrets Manager and EventBridge on the loopback address, with real SDK clients for them. */
import type { IncomingMessage, RequestListener } from "node:http";
import { Readable } from "node:stream";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import { type EventBuses, startEventBuses } from "../aws/event-bus.ts";
import { createQueues } from "../aws/queues.ts";
import { type Secrets, startSecrets } from "../aws/secrets.ts";
import { flatten, type HttpRequest } from "../aws/stand-in.ts";
import { type Storage, startStorage } from "../aws/storage.ts";
import { createTables } from "../aws/tables.ts";
import { ADMINISTRATOR, type Credentials, type Iam } from "../iam/iam.ts";
import { listenOnLoopback, splitTarget } from "../kit/http.ts";
import type { Guard } from "./guard.ts";

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
  readonly eventBuses: EventBuses;
  /** Of the administrator. */
  readonly clients: Clients;
  /** A client of another caller, for example of the session of a role. */
  readonly sqsAs: (credentials: Credentials) => SQSClient;
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

/** Authorizes calls to the engines. Without it, every caller may do everything. */
export interface Access {
  readonly iam: Iam;
  readonly guard: Guard;
}

/**
 * Registers every started server with `cleanup`, so that it is closed even if a later one fails to start.
 *
 * @param interfere - called before the queues and the tables carry out a request; `undefined` lets the request through.
 */
export async function startEngines(
  region: string,
  cleanup: AsyncDisposableStack,
  interfere: Interfere = () => undefined,
  access?: Access,
): Promise<Engines> {
  const { guard = () => undefined, iam } = access ?? {};
  const [sqsUrl, dynamoUrl, storage, secrets, eventBuses] = await Promise.all([
    startQueues(region, cleanup, interfere, guard),
    startTables(cleanup, interfere, guard),
    startStorage({ ...(iam && { iam }) }).then((started) => deferClose(started, cleanup)),
    startSecrets({ region, ...(iam && { iam }) }).then((started) => deferClose(started, cleanup)),
    startEventBuses({ region, ...(iam && { iam }) }).then((started) => deferClose(started, cleanup)),
  ]);
  const settings = (endpoint: string, credentials = ADMINISTRATOR) => ({ endpoint, region, credentials });
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
  function sqsAs(credentials: Credentials): SQSClient {
    const client = new SQSClient(settings(sqsUrl, credentials));
    cleanup.defer(() => client.destroy());
    return client;
  }
  const environment = {
    AWS_ENDPOINT_URL_SQS: sqsUrl,
    AWS_ENDPOINT_URL_SNS: sqsUrl,
    AWS_ENDPOINT_URL_DYNAMODB: dynamoUrl,
    AWS_ENDPOINT_URL_S3: storage.url,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
    AWS_ENDPOINT_URL_EVENTBRIDGE: eventBuses.url,
  };
  return { sqsUrl, storage, secrets, eventBuses, clients, sqsAs, environment };
}

function deferClose<T extends { close(): Promise<void> }>(started: T, cleanup: AsyncDisposableStack): T {
  cleanup.defer(() => started.close());
  return started;
}

async function startQueues(
  defaultRegion: string,
  cleanup: AsyncDisposableStack,
  interfere: Interfere,
  guard: Guard,
): Promise<string> {
  const app = createQueues(defaultRegion);
  app.addHook("onRequest", async (request, reply) => {
    const refusal = interfere("sqs", request.raw);
    return refusal && reply.code(refusal.status).header("content-type", AWS_JSON).send(JSON.stringify(refusal.body));
  });
  app.addHook("preParsing", async (request, reply, payload) => {
    if (request.method !== "POST") return payload; // fauxqs's own API, with which the stack inspects the queues
    const body = Buffer.concat(await Readable.from(payload).toArray());
    const service = String(request.headers["content-type"]).startsWith("application/x-amz-json") ? "sqs" : "sns";
    const refused = guard(service, requestOf(request.raw, body));
    if (!refused) return Readable.from(body);
    await reply
      .code(refused.status)
      .headers(refused.headers ?? {})
      .send(refused.body);
    return undefined;
  });
  cleanup.defer(async () => {
    await app.close();
  });
  return app.listen({ port: 0, host: "127.0.0.1" });
}

async function startTables(cleanup: AsyncDisposableStack, interfere: Interfere, guard: Guard): Promise<string> {
  const server = createTables();
  const serve = server.listeners("request") as RequestListener[]; // called after `interfere`
  server.removeAllListeners("request").on("request", async (request: IncomingMessage, response) => {
    const refusal = interfere("dynamodb", request);
    const body = await bodyOf(request);
    if (!body) return response.destroy();
    if (refusal)
      return response.writeHead(refusal.status, { "content-type": AWS_JSON }).end(JSON.stringify(refusal.body));
    const refused = guard("dynamodb", requestOf(request, body));
    if (refused) return response.writeHead(refused.status, refused.headers).end(refused.body);
    const { method, url, headers } = request;
    const again = Object.assign(Readable.from(body), { method, url, headers }); // the members that the stand-in reads
    for (const listener of serve) listener.call(server, again as unknown as IncomingMessage, response);
  });
  const { url, close } = await listenOnLoopback(server);
  cleanup.defer(close);
  return url;
}

/** Undefined if the client disconnected before the end. */
const bodyOf = (request: IncomingMessage): Promise<Buffer | undefined> =>
  request.toArray().then(
    (chunks) => Buffer.concat(chunks),
    () => undefined,
  );

const requestOf = ({ method = "", url = "", headers }: IncomingMessage, body: Buffer): HttpRequest => ({
  method,
  ...splitTarget(url),
  headers: flatten(headers),
  body,
});
