/** The stand-in for DynamoDB: dynalite, behind the limits that it lacks. docs/stand-ins.md lists what it does not model. */
import type { IncomingMessage, RequestListener, Server, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import dynalite from "dynalite";
import { readBody } from "../kit/http.ts";
import { createTableLimits } from "./table-limits.ts";
import { shuffled } from "./unordered.ts";

/** DynamoDB's limit of a request: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
const MAX_BODY_BYTES = 16 * 1024 * 1024;
const TARGET = /^DynamoDB_20120810\.(\w+)$/;

/** A server that does not listen yet. */
export function createTables(): Server {
  const server = dynalite({ createTableMs: 0 });
  const serve = server.listeners("request") as RequestListener[];
  const limits = createTableLimits();
  server.removeAllListeners("request").on("request", (request, response) => {
    readBody(request, MAX_BODY_BYTES).then(
      (body) => {
        if (!body) return void response.writeHead(413).end();
        const [, operation = ""] = TARGET.exec(String(request.headers["x-amz-target"])) ?? [];
        const message = limits.fault(operation, parseJson(body));
        if (message === undefined) {
          shuffleAnswer(response);
          for (const listener of serve) listener.call(server, replay(request, body), response);
          return;
        }
        response.writeHead(400, { "content-type": "application/x-amz-json-1.0" });
        response.end(JSON.stringify({ __type: "com.amazon.coral.validate#ValidationException", message }));
      },
      () => response.destroy(), // the client disconnected before the end of its body
    );
  });
  return server;
}

/** Before dynalite's answer, which is one piece of JSON, is sent. */
function shuffleAnswer(response: ServerResponse): void {
  const end = response.end.bind(response);
  response.end = (body?: unknown) => {
    const answer = typeof body === "string" ? parseJson(Buffer.from(body)) : undefined;
    if (answer === undefined) return end(body);
    response.removeHeader("x-amz-crc32"); // of the other order
    return end(JSON.stringify(shuffled(answer))); // as long as before
  };
}

/** The request with its body unread. dynalite reads only these members. */
const replay = ({ method, url, headers }: IncomingMessage, body: Buffer): IncomingMessage =>
  Object.assign(Readable.from(body.length > 0 ? [body] : []), { method, url, headers }) as IncomingMessage;

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined; // dynalite answers SerializationException
  }
}
