/** Reads the JSON of a request. */
import type { IncomingMessage } from "node:http";
import { parseJson } from "../../lib/core/parse-json.ts";
import { RequestError } from "./reply.ts";

/** Less than what the gateway passes on to a function: 6 MB. A plan of 5,000 streams with usual names is a tenth of it. */
export const MAX_BODY_BYTES = 5 * 1024 * 1024;

/** @throws RequestError. The rest of a body that is too long is not read. */
export async function readJson(request: IncomingMessage): Promise<object> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  if (Number(request.headers["content-length"] ?? 0) > MAX_BODY_BYTES) throw tooLong();
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      bytes += chunk.length;
      if (bytes > MAX_BODY_BYTES) throw tooLong();
      chunks.push(chunk);
    }
  } catch (cause) {
    throw cause instanceof RequestError ? cause : new RequestError("invalid", "the body broke off");
  }
  const body = parseJson(Buffer.concat(chunks));
  if (typeof body !== "object" || body === null || Array.isArray(body))
    throw new RequestError("invalid", "the body must be a JSON object");
  return body;
}

const tooLong = () =>
  new RequestError(
    "invalid",
    "the request is longer than 5 MiB: name fewer streams at a time, or select them by a pattern",
    { status: 413 },
  );
