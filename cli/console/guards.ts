/**
 * Which requests the local server answers at all: only those that its own page sends, or a person who opens it. Every page that the operator
 * has open in the same browser can send requests to 127.0.0.1, and a host name of anybody can point to it (DNS rebinding).
 */
import type { IncomingHttpHeaders } from "node:http";
import { RequestError } from "./reply.ts";

export interface Asked {
  readonly method: string;
  /** As it was sent: a path, and nothing is decoded. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
}

/** @param origin - `http://127.0.0.1:PORT`. @throws RequestError */
export function expectOwn({ method, target, headers }: Asked, origin: string): void {
  if (headers.host !== new URL(origin).host) throw refused(`Host must be ${new URL(origin).host}`);
  const { origin: from } = headers;
  if (from === undefined ? method === "POST" : from !== origin) throw refused(`Origin must be ${origin}`);
  if (!isSiteAllowed(target, headers)) throw refused("another site sent it");
  if (method === "POST" && !isJson(headers["content-type"]))
    throw refused("content-type must be application/json", { status: 415 });
}

const refused = (why: string, how: { readonly status: number } = { status: 403 }) =>
  new RequestError("invalid", `the request was refused: ${why}`, how);

/**
 * Browsers say with each request who sent it. The page itself may also be opened from elsewhere, as a document of its own and not in a
 * frame: by a typed or clicked link (`none`), or by the file that opens the browser (`cross-site`).
 *
 * @see https://www.w3.org/TR/fetch-metadata/
 */
function isSiteAllowed(target: string, headers: IncomingHttpHeaders): boolean {
  const { "sec-fetch-site": site, "sec-fetch-dest": dest } = headers;
  if (site === undefined || site === "same-origin") return true;
  if (target !== "/") return false;
  return site === "none" || dest === "document";
}

/** What a form can send (`text/plain`) is nothing that the server reads. */
const isJson = (type: string | undefined): boolean => /^application\/json(; ?charset=utf-8)?$/i.test(type ?? "");
