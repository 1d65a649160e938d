/**
 * Verifies an AK/SK signature (SDK-HMAC-SHA256) of the received bytes, by the signing guide only. No code is shared with
 * the client, so that a mistake in one is not repeated in the other. Clock, lock and users are in gateway.ts.
 * https://support.huaweicloud.com/intl/en-us/devg-apisign/api-sign-algorithm-001.html
 */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { splitTarget } from "../kit/http.ts";
import { parseTime } from "./fields.ts";

/** A request as received. */
export interface ReceivedRequest {
  readonly method: string;
  /** The raw request target: path and query, percent-encoded. */
  readonly target: string;
  /** Names and values as received, in pairs. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
}

export interface Authorization {
  readonly ak: string;
  /** Lower case, in the order given. */
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

/** `SDK-HMAC-SHA256 Access={AK}, SignedHeaders={a;b}, Signature={hex}`, or undefined. */
export function parseAuthorization(value: string): Authorization | undefined {
  const match = /^SDK-HMAC-SHA256 Access=([^,\s]+), ?SignedHeaders=([^,\s]+), ?Signature=([0-9a-f]{64})$/.exec(
    value.trim(),
  );
  const [, ak, names, signature] = match ?? [];
  if (ak === undefined || names === undefined || signature === undefined) return undefined;
  return { ak, signedHeaders: names.toLowerCase().split(";"), signature };
}

/** Percent-decodes a text to bytes. A `%` without two hexadecimal digits, and a `+`, are literal (RFC 3986). */
export function percentDecode(text: string): Buffer {
  const bytes = Buffer.from(text, "latin1");
  const decoded = Buffer.alloc(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const hex = bytes[at] === 0x25 ? /^[0-9a-fA-F]{2}$/.exec(bytes.toString("latin1", at + 1, at + 3)) : null;
    decoded[length++] = hex ? Number.parseInt(hex[0], 16) : (bytes[at] ?? 0);
    if (hex) at += 2;
  }
  return decoded.subarray(0, length);
}

function percentEncode(bytes: Buffer): string {
  let encoded = "";
  for (const byte of bytes) {
    const character = String.fromCharCode(byte);
    const unreserved = /[A-Za-z0-9\-_.~]/.test(character);
    encoded += unreserved ? character : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return encoded;
}

/** The decoded parameters of a raw query, in the order received. */
export function splitQuery(query: string): { name: Buffer; value: Buffer }[] {
  return query
    .split("&")
    .filter((part) => part !== "")
    .map((part) => {
      const equals = part.includes("=") ? part.indexOf("=") : part.length;
      return { name: percentDecode(part.slice(0, equals)), value: percentDecode(part.slice(equals + 1)) };
    });
}

/** A header's value, repeated ones joined; undefined if absent. The gateway drops names with "_". */
export function headerValue(headers: ReceivedRequest["headers"], name: string): string | undefined {
  const values = headers
    .filter(([key]) => !key.includes("_") && key.toLowerCase() === name)
    .map(([, value]) => value.trim());
  return values.length > 0 ? values.join(",") : undefined;
}

const sha256Hex = (data: string | Buffer) => createHash("sha256").update(data).digest("hex");

/** The canonical request, for the headers that the sender lists as signed. */
export function expectedCanonicalRequest(request: ReceivedRequest, signedHeaders: readonly string[]): string {
  const { path, query } = splitTarget(request.target);
  const segments = path.split("/").map((segment) => percentEncode(percentDecode(segment)));
  const canonicalPath = segments.join("/");
  const parameters = splitQuery(query)
    .sort((a, b) => a.name.compare(b.name) || a.value.compare(b.value)) // UTF-8 bytes sort like code points
    .map(({ name, value }) => `${percentEncode(name)}=${percentEncode(value)}`);
  const names = [...signedHeaders].sort();
  const signedValue = (name: string) =>
    Buffer.from(headerValue(request.headers, name) ?? "", "latin1").toString("utf8");
  const unsignedPayload =
    names.includes("x-sdk-content-sha256") && signedValue("x-sdk-content-sha256") === "UNSIGNED-PAYLOAD";
  return [
    request.method,
    canonicalPath.endsWith("/") ? canonicalPath : `${canonicalPath}/`,
    parameters.join("&"),
    ...names.map((name) => `${name}:${signedValue(name)}`),
    "",
    names.join(";"),
    unsignedPayload ? "UNSIGNED-PAYLOAD" : sha256Hex(request.body),
  ].join("\n");
}

/** Whether `signature` belongs to this canonical request. */
export function signatureMatches(signature: string, sk: string, sdkDate: string, canonicalRequest: string): boolean {
  const stringToSign = ["SDK-HMAC-SHA256", sdkDate, sha256Hex(canonicalRequest)].join("\n");
  const expected = createHmac("sha256", sk).update(stringToSign).digest();
  return timingSafeEqual(Buffer.from(signature, "hex"), expected);
}

/** `YYYYMMDDTHHMMSSZ` in milliseconds, or undefined. */
export function parseSdkDate(sdkDate: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(sdkDate);
  if (!match) return undefined;
  const [, year, month, day, hours, minutes, seconds] = match;
  return parseTime(`${year}-${month}-${day}T${hours}:${minutes}:${seconds}Z`);
}
