/**
 * The `aws-chunked` content coding, unsigned with trailers: how the SDK sends a stream whose checksum it learns while sending.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 */
import { AwsError } from "./aws-error.ts";

export interface Decoded {
  readonly bytes: Buffer;
  /** Names in lower case. */
  readonly trailers: Readonly<Record<string, string>>;
}

/**
 * @param decodedLength - `x-amz-decoded-content-length`, in bytes, where the client stated it.
 * @throws AwsError `IncompleteBody` when a chunk, the last chunk or some of the stated length is missing.
 */
export function decodeAwsChunked(body: Buffer, decodedLength?: number): Decoded {
  const chunks: Buffer[] = [];
  let at = 0;
  for (;;) {
    const lineEnd = body.indexOf("\r\n", at);
    const size = /^([0-9a-f]{1,8})(?:;.*)?$/i.exec(lineEnd < 0 ? "" : body.toString("latin1", at, lineEnd))?.[1];
    if (size === undefined) throw incomplete("a chunk has no size");
    const start = lineEnd + 2;
    const end = start + Number.parseInt(size, 16);
    if (end === start) return decoded(chunks, body.toString("latin1", start), decodedLength);
    if (body.toString("latin1", end, end + 2) !== "\r\n") throw incomplete("a chunk is not as long as it says");
    chunks.push(body.subarray(start, end));
    at = end + 2;
  }
}

function decoded(chunks: readonly Buffer[], trailerText: string, decodedLength: number | undefined): Decoded {
  const bytes = Buffer.concat(chunks);
  if (decodedLength !== undefined && decodedLength !== bytes.length) throw incomplete("the decoded length is another");
  const trailers: Record<string, string> = {};
  for (const line of trailerText.split("\r\n")) {
    const colon = line.indexOf(":");
    if (colon > 0) trailers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  return { bytes, trailers };
}

const incomplete = (what: string) => new AwsError(400, "IncompleteBody", `aws-chunked: ${what}`);
