/** The body and headers of an S3 request, as the object they describe: decoded, verified, cleaned of the wire's own. */

import { decodeAwsChunked } from "./aws-chunked.ts";
import { AwsError } from "./aws-error.ts";
import type { Conditions, StoredObject } from "./bucket.ts";
import { type Checksums, verifiedChecksums } from "./checksums.ts";
import type { HttpRequest } from "./loopback-server.ts";

/** System metadata that goes out as it came in, beside `x-amz-meta-*`. */
const KEPT = ["content-type", "content-language", "content-disposition", "cache-control", "expires"];

export interface Payload {
  readonly bytes: Buffer;
  readonly checksums: Checksums;
}

/** @throws AwsError `IncompleteBody`, `MalformedTrailerError`, `BadDigest`, `NotImplemented` for an unknown checksum. */
export function readPayload({ headers, body }: HttpRequest): Payload {
  const isChunked = header(headers, "x-amz-content-sha256")?.startsWith("STREAMING-") ?? false;
  if (!isChunked) return { bytes: body, checksums: verifiedChecksums(body, headers) };

  const length = header(headers, "x-amz-decoded-content-length");
  const { bytes, trailers } = decodeAwsChunked(body, length === undefined ? undefined : Number(length));
  const promised = header(headers, "x-amz-trailer")?.toLowerCase();
  if (promised !== undefined && trailers[promised] === undefined) {
    throw new AwsError(400, "MalformedTrailerError", `${promised} was promised as a trailer and did not come`);
  }
  return { bytes, checksums: verifiedChecksums(bytes, { ...headers, ...trailers }) };
}

/**
 * What is stored with an object and sent with it again.
 *
 * @throws AwsError `InvalidRequest` for a retention: it would be promised here and not kept.
 */
export function storedHeaders(headers: HttpRequest["headers"]): StoredObject["headers"] {
  if (Object.keys(headers).some((name) => name.startsWith("x-amz-object-lock-"))) {
    throw new AwsError(400, "InvalidRequest", "Bucket is missing Object Lock Configuration");
  }
  const stored: Record<string, string> = { "content-type": "binary/octet-stream" };
  for (const name of Object.keys(headers)) {
    const value = header(headers, name);
    if (value !== undefined && (KEPT.includes(name) || name.startsWith("x-amz-meta-"))) stored[name] = value;
  }
  const codings = (header(headers, "content-encoding") ?? "").split(",").map((coding) => coding.trim());
  const encoding = codings.filter((coding) => coding !== "" && coding !== "aws-chunked").join(",");
  return encoding === "" ? stored : { ...stored, "content-encoding": encoding };
}

export const conditionsOf = (headers: HttpRequest["headers"]): Conditions => ({
  ifMatch: header(headers, "if-match"),
  ifNoneMatch: header(headers, "if-none-match"),
});

export function header(headers: HttpRequest["headers"], name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(", ") : value;
}

/**
 * The bytes that a Range header asks for; undefined for none, and for a form that S3 ignores (several ranges, another unit).
 *
 * @returns first and last byte, both included.
 * @throws AwsError `InvalidRange` (416) when nothing of it lies within the object.
 */
export function byteRange(range: string | undefined, totalBytes: number): [first: number, last: number] | undefined {
  const [, from = "", to = ""] = /^bytes=(\d*)-(\d*)$/.exec(range ?? "") ?? [];
  if (from === "" && to === "") return undefined;
  if (from !== "" && to !== "" && Number(to) < Number(from)) return undefined;
  const first = from === "" ? Math.max(0, totalBytes - Number(to)) : Number(from);
  const last = from === "" || to === "" ? totalBytes - 1 : Math.min(Number(to), totalBytes - 1);
  if (first <= last) return [first, last];
  throw new AwsError(416, "InvalidRange", "The requested range is not satisfiable", {
    "content-range": `bytes */${totalBytes}`,
  });
}
