/**
 * Verifies AWS Signature Version 4 as a service does: from the request as received, without any code of the client.
 * Refused, because the product sends none: presigned URLs (signature in the query) and bodies without their hash (unsigned, chunked).
 * Specification: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";

const ALGORITHM = "AWS4-HMAC-SHA256";
/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html (RequestTimeTooSkewed); other services allow less. */
const MAX_SKEW_MS = 15 * 60_000;

export interface SignedRequest {
  readonly method: string;
  /** As received: still percent-encoded, without the query. */
  readonly path: string;
  /** As received: still percent-encoded, without the `?`. */
  readonly query: string;
  /** Names in any case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Uint8Array;
}

export interface Caller {
  readonly accessKeyId: string;
  readonly region: string;
  readonly service: string;
}

/** The check that failed, in the order of the checks. */
export type SigV4Fault =
  | "missing" // no Authorization header
  | "malformed" // a header that does not parse
  | "scope" // signed for another day or service
  | "unknown-key"
  | "skewed" // more than 15 minutes from the service's time
  | "unsigned-header" // host, or an x-amz- header, is not signed
  | "mismatch"
  | "payload"; // the signature is correct, but the body is not the signed one

export class SigV4Error extends Error {
  override readonly name = "SigV4Error";
  readonly fault: SigV4Fault;

  constructor(fault: SigV4Fault, message: string) {
    super(message);
    this.fault = fault;
  }
}

/**
 * @param secretOf - the secret access key of an access key id, or undefined if there is none.
 * @param service - if given, requests signed for another service are refused.
 * @throws SigV4Error naming the check that failed; its message contains no key and no signature.
 */
export function verifySigV4(
  request: SignedRequest,
  secretOf: (accessKeyId: string) => string | undefined,
  { now, service }: { readonly now: Date; readonly service?: string },
): Caller {
  const headers = lowerCased(request.headers);
  const signed = parseAuthorization(headers.get("authorization"));
  const amzDate = headers.get("x-amz-date") ?? "";
  const signedAt = parseAmzDate(amzDate);

  if (!amzDate.startsWith(signed.date)) throw new SigV4Error("scope", "the credential is scoped to another day");
  if (service !== undefined && signed.service !== service) {
    throw new SigV4Error("scope", `signed for ${signed.service}, but this is ${service}`);
  }
  const secret = secretOf(signed.accessKeyId);
  if (secret === undefined) throw new SigV4Error("unknown-key", "the access key id is unknown");
  if (Math.abs(now.getTime() - signedAt) > MAX_SKEW_MS) {
    throw new SigV4Error("skewed", `signed at ${amzDate}, but the server's time is ${now.toISOString()}`);
  }
  const unsigned = ["host", ...headers.keys()].find(
    (name) => (name === "host" || name.startsWith("x-amz-")) && !signed.headerNames.includes(name),
  );
  if (unsigned !== undefined) throw new SigV4Error("unsigned-header", `${unsigned} is not signed`);

  const bodyHash = sha256Hex(request.body);
  const payloadHash = headers.get("x-amz-content-sha256") ?? bodyHash;
  const canonical = canonicalRequest(request, headers, signed.headerNames, signed.service, payloadHash);
  const scope = `${signed.date}/${signed.region}/${signed.service}/aws4_request`;
  const expected = hmac(
    signingKey(secret, signed),
    [ALGORITHM, amzDate, scope, sha256Hex(Buffer.from(canonical))].join("\n"),
  );
  if (!timingSafeEqual(expected, Buffer.from(signed.signature, "hex"))) {
    throw new SigV4Error("mismatch", "the signature does not match the request as received");
  }
  if (payloadHash !== bodyHash) {
    throw new SigV4Error("payload", "x-amz-content-sha256 is not the hash of the body");
  }
  return { accessKeyId: signed.accessKeyId, region: signed.region, service: signed.service };
}

interface Authorization extends Caller {
  readonly date: string;
  readonly headerNames: readonly string[];
  readonly signature: string;
}

function parseAuthorization(value: string | undefined): Authorization {
  if (value === undefined) throw new SigV4Error("missing", "the request has no Authorization header");
  const match =
    /^AWS4-HMAC-SHA256 Credential=([^/,\s]+)\/(\d{8})\/([^/,\s]+)\/([^/,\s]+)\/aws4_request, ?SignedHeaders=([^,\s]+), ?Signature=([0-9a-f]{64})$/.exec(
      value,
    );
  if (!match) throw new SigV4Error("malformed", "the Authorization header is not a Signature Version 4 header");
  const [, accessKeyId = "", date = "", region = "", service = "", names = "", signature = ""] = match;
  return { accessKeyId, date, region, service, headerNames: names.split(";"), signature };
}

function parseAmzDate(value: string): number {
  const ms = Date.parse(value.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
  const isTime = !Number.isNaN(ms) && new Date(ms).toISOString().replaceAll(/[-:]|\.000/g, "") === value; // `Date` reads 30 February
  if (!isTime) {
    throw new SigV4Error("malformed", "x-amz-date is not a basic ISO 8601 time");
  }
  return ms;
}

function lowerCased(headers: SignedRequest["headers"]): Map<string, string> {
  const flat = new Map<string, string>();
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat.set(name.toLowerCase(), typeof value === "string" ? value : value.join(","));
  }
  return flat;
}

function canonicalRequest(
  { method, path, query }: SignedRequest,
  headers: ReadonlyMap<string, string>,
  headerNames: readonly string[],
  service: string,
  payloadHash: string,
): string {
  return [
    method,
    service === "s3" ? s3Path(path) : normalizedPath(path),
    canonicalQuery(query),
    ...headerNames.map((name) => `${name}:${(headers.get(name) ?? "").trim().replace(/\s+/g, " ")}`),
    "",
    headerNames.join(";"),
    payloadHash,
  ].join("\n");
}

/** The canonical path for S3: keeps every slash and dot of a key, and encodes it once. */
const s3Path = (path: string): string =>
  path
    .split("/")
    .map((segment) => encode(decode(segment)))
    .join("/");

/** The canonical path for other services: resolves dots, drops empty segments, and encodes the encoded path again. */
function normalizedPath(path: string): string {
  const segments: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "..") segments.pop();
    else if (segment !== "" && segment !== ".") segments.push(encode(segment));
  }
  return `/${segments.join("/")}${segments.length > 0 && path.endsWith("/") ? "/" : ""}`;
}

function canonicalQuery(query: string): string {
  const pairs = query
    .split("&")
    .filter((pair) => pair !== "")
    .map((pair): [string, string] => {
      const at = pair.indexOf("=");
      const [name, value] = at < 0 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)];
      return [encode(decode(name)), encode(decode(value))];
    });
  // Sort by name, then by value. Sorting the joined pairs would put "a-b=" before "a=".
  pairs.sort(([a, x], [b, y]) => (a === b ? order(x, y) : order(a, b)));
  return pairs.map(([name, value]) => `${name}=${value}`).join("&");
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new SigV4Error("malformed", "the path or the query is not percent-encoded UTF-8");
  }
}

const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

const signingKey = (secret: string, { date, region, service }: Authorization): Buffer =>
  [date, region, service, "aws4_request"].reduce(hmac, Buffer.from(`AWS4${secret}`));

const hmac = (key: Buffer, data: string): Buffer => createHmac("sha256", key).update(data).digest();
const sha256Hex = (data: Uint8Array): string => createHash("sha256").update(data).digest("hex");
