/** What the stand-ins for AWS services share: HTTP on the loopback address, bounded bodies, signatures, errors. */
import { createServer, type IncomingHttpHeaders } from "node:http";
import { type LoopbackServer, listenOnLoopback, readBody, splitTarget } from "../kit/http.ts";
import { type AwsError, type SignatureErrors, toAwsError } from "./aws-error.ts";
import { verifySigV4 } from "./sigv4.ts";

export interface HttpRequest {
  readonly method: string;
  /** Percent-encoded, without the query. */
  readonly path: string;
  /** Percent-encoded, without the `?`. */
  readonly query: string;
  /** Names in lower case; repeated headers are joined with a comma. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export interface StandIn {
  readonly maxBodyBytes: number;
  /** The answer to a longer body. */
  readonly tooLarge: AwsError;
  readonly signatureErrors: SignatureErrors;
  /** Synchronous, so no two requests interleave. May throw AwsError. */
  answer(request: HttpRequest): HttpAnswer;
  errorAnswer(error: AwsError): HttpAnswer;
}

/** Starts the server on a free port. */
export async function serveStandIn(standIn: StandIn): Promise<LoopbackServer> {
  const { maxBodyBytes, tooLarge, signatureErrors, answer, errorAnswer } = standIn;

  function respond(request: HttpRequest): HttpAnswer {
    try {
      return answer(request);
    } catch (error) {
      return errorAnswer(toAwsError(error, signatureErrors));
    }
  }

  const server = createServer((incoming, outgoing) => {
    const { method = "GET", url = "/" } = incoming;
    readBody(incoming, maxBodyBytes).then(
      (body) => {
        const request = { method, ...splitTarget(url), headers: flatten(incoming.headers) };
        const { status, headers, body: content = "" } = body ? respond({ ...request, body }) : errorAnswer(tooLarge);
        outgoing.writeHead(status, { "content-length": Buffer.byteLength(content), ...headers }).end(content);
      },
      () => outgoing.destroy(), // the client disconnected before the end of its body
    );
  });
  return listenOnLoopback(server);
}

const flatten = (headers: IncomingHttpHeaders): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );

/**
 * Verifies the signature of a request, made with the only key pair of the local stack: `local`, `local`.
 *
 * @throws SigV4Error
 */
export const verifyCaller = (request: HttpRequest, service: string) =>
  verifySigV4(request, (id) => (id === "local" ? "local" : undefined), { now: new Date(), service });
