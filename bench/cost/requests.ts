/** What one request to a service is: its operation, and what AWS bills for it. */
import { type Service, WAIT_MS } from "../../scripts/cost/assumptions.ts";
import type { Counts } from "../../scripts/cost/prices.ts";
import { chunksOf } from "../../scripts/cost/request-units.ts";
import type { Exchange } from "./tap.ts";

/** Ports of the servers that are no stand-in for AWS. */
export interface Ports {
  readonly gateway: number;
  readonly live: number;
  readonly receiver: number;
}

export function serviceOf({ request, serverPort }: Exchange, ports: Ports): Service | undefined {
  if (serverPort === ports.live) return "live";
  if (serverPort === ports.receiver) return "receiver";
  const [, name] = /Credential=[^/]+\/\d+\/[^/]+\/([a-z]+)\//.exec(`${request.headers.authorization}`) ?? [];
  return name !== undefined && name in WAIT_MS ? (name as Service) : undefined;
}

export function operationOf({ request, requestBody }: Exchange): string {
  const target = request.headers["x-amz-target"];
  if (target !== undefined) return `${target}`.split(".")[1] ?? "";
  return new URLSearchParams(requestBody.toString()).get("Action") ?? `${request.method}`;
}

/** An index, or the kind of item: for people. */
export function nameOf(body: Buffer): string {
  const { IndexName, Key, Item, ExpressionAttributeValues = {} } = JSON.parse(body.toString());
  const pk = (Key ?? Item)?.pk?.S ?? ExpressionAttributeValues[":pk"]?.S ?? "";
  const sk = (Key ?? Item)?.sk?.S ?? ExpressionAttributeValues[":prefix"]?.S ?? "";
  return IndexName ?? `${pk} ${sk}`.replace(/#[^ ]*/g, "");
}

export function countsOf(service: Service, exchange: Exchange): Counts {
  const { request, requestBody, responseBody } = exchange;
  const operation = operationOf(exchange);
  switch (service) {
    case "sqs":
      return { sqsRequests: chunksOf(Math.max(requestBody.length, responseBody.length)) };
    case "secretsmanager":
      return { secretReads: 1 };
    case "sns":
      return { publishedAlerts: chunksOf(requestBody.length) };
    case "events": {
      const { Entries } = JSON.parse(requestBody.toString()) as { Entries: { Detail: string }[] };
      return { busEvents: Entries.reduce((sum, { Detail }) => sum + chunksOf(Buffer.byteLength(Detail)), 0) };
    }
    case "s3": {
      const isList = request.method === "GET" && /[?&]list-type=/.test(request.url ?? "");
      if (!isList && (operation === "GET" || operation === "HEAD")) return { s3Reads: 1 };
      return { s3Writes: 1, archiveByteMonths: operation === "PUT" ? requestBody.length : 0 };
    }
    default:
      return { transferredBytes: requestBody.length };
  }
}

/** Receives that return messages, and their deletes. Empty receives depend on the time only: `emptyReceives`. */
export const isOfPoller = (exchange: Exchange): boolean => {
  const operation = operationOf(exchange);
  if (operation === "ReceiveMessage") return exchange.responseBody.includes('"MessageId"');
  return operation.startsWith("DeleteMessage");
};
