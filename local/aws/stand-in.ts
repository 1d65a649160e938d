/** What the stand-ins for AWS services share: HTTP on the loopback address, bounded bodies, signatures, errors. */
import { createServer, type IncomingHttpHeaders } from "node:http";
import { ADMINISTRATOR, type Credentials } from "../iam/iam.ts";
import { type LoopbackServer, listenOnLoopback, readBody, splitTarget } from "../kit/http.ts";
import { type AwsError, type SignatureErrors, toAwsError } from "./aws-error.ts";
import { SigV4Error, verifySigV4 } from "./sigv4.ts";

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

/** Values of a repeated header are joined. */
export const flatten = (headers: IncomingHttpHeaders): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );

/** The credentials of an access key id; undefined if it is unknown. */
export type CredentialsOf = (accessKeyId: string) => Credentials | undefined;

/** For a stand-in that runs without an IAM: the only key pair is `local`, `local`. */
export const onlyAdministrator: CredentialsOf = (id) => (id === ADMINISTRATOR.accessKeyId ? ADMINISTRATOR : undefined);

/**
 * Verifies the signature of a request, and the token of a session. Returns the caller's access key id.
 *
 * @throws SigV4Error
 */
export function verifyCaller(request: HttpRequest, service: string, credentialsOf: CredentialsOf): string {
  const secretOf = (id: string) => credentialsOf(id)?.secretAccessKey;
  const { accessKeyId } = verifySigV4(request, secretOf, { now: new Date(), service });
  if (request.headers["x-amz-security-token"] !== credentialsOf(accessKeyId)?.sessionToken) {
    throw new SigV4Error("unknown-key", "the security token included in the request is invalid");
  }
  return accessKeyId;
}
