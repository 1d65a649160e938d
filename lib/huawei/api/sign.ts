/**
 * AK/SK request signing (SDK-HMAC-SHA256): no clock, no network, one exported function a step, so that each string can be held
 * against Huawei's worked example: https://support.huaweicloud.com/intl/en-us/devg-apisign/api-sign-algorithm-002.html
 */
import { createHmac, createSecretKey, hash } from "node:crypto";
import { OffairError } from "../../core/errors.ts";
import { memoize } from "../../core/memoize.ts";

const ALGORITHM = "SDK-HMAC-SHA256";

/** A header of this name takes the place of the body's hash: https://support.huaweicloud.com/intl/en-us/devg-apisign/api-sign-exclude-body.html */
const BODY_HASH_HEADER = "x-sdk-content-sha256";

export interface SignableRequest {
  /** As sent, in capitals. */
  readonly method: string;
  /** Decoded and absolute; the final "/" that the signature wants is added here. */
  readonly path: string;
  /** Decoded, in any order. */
  readonly query: readonly QueryEntry[];
  /** Exactly the headers that are signed, in any case and order; no name twice. `X-Sdk-Date` must be one of them. */
  readonly headers: Readonly<Record<string, string>>;
  /** The very bytes that are sent; a string stands for its UTF-8. */
  readonly body: string | Uint8Array;
}

type QueryEntry = readonly [name: string, value: string];

export interface AccessKey {
  readonly ak: string;
  readonly sk: string;
}

/** `X-Sdk-Date` of a moment: `20260422T080000Z`. The gateway accepts 15 minutes to both sides of its own clock. */
export function formatSdkDate(moment: Date): string {
  const year = moment.getUTCFullYear();
  if (Number.isNaN(year)) throw new RangeError("an invalid date cannot be signed");
  // by hand: toISOString and a pattern take four times as long, a tenth of a signature
  const day = (year * 100 + moment.getUTCMonth() + 1) * 100 + moment.getUTCDate();
  const time = (moment.getUTCHours() * 100 + moment.getUTCMinutes()) * 100 + moment.getUTCSeconds();
  return `${`${day}`.padStart(8, "0")}T${`${time}`.padStart(6, "0")}Z`;
}

/** @returns the path with every segment encoded; it ends in "/" even where the path as sent does not. */
export function canonicalPath(path: string): string {
  const encoded = PLAIN_PATH.test(path) ? path : path.split("/").map(encode).join("/");
  return encoded.endsWith("/") ? encoded : `${encoded}/`;
}

/**
 * The query as signed, which is also the query to send.
 *
 * Sorted decoded: `~` precedes `中`, though "%E4…" precedes "~". The guide sorts by name and is silent on repeated names; their
 * values are sorted too, as the Go, Node and Python signers do.
 */
export function canonicalQuery(query: SignableRequest["query"]): string {
  let text = "";
  for (const [name, value] of query.toSorted(byNameThenValue)) {
    text += `${text === "" ? "" : "&"}${encode(name)}=${encode(value)}`;
  }
  return text;
}

const byNameThenValue = (a: QueryEntry, b: QueryEntry): number =>
  compareCodePoints(a[0], b[0]) || compareCodePoints(a[1], b[1]);

export function canonicalRequest(request: SignableRequest): string {
  return joinRequest(request, canonicalHeaders(request.headers));
}

/** @param sdkDate - the value of the signed `X-Sdk-Date` header. */
export const stringToSign = (sdkDate: string, canonical: string): string =>
  `${ALGORITHM}\n${sdkDate}\n${hash("sha256", canonical)}`;

/** The key is the SK itself: unlike AWS Signature V4, none is derived from date, region or service. */
export const signature = (sk: string, toSign: string): string =>
  createHmac("sha256", keyOf(sk)).update(toSign).digest("hex");

const keyOf = memoize((sk) => createSecretKey(sk, "utf8"));

/** Every string on the way to the `Authorization` header, for comparing with what the gateway prints. */
export interface Signed {
  readonly canonicalRequest: string;
  readonly stringToSign: string;
  /** The header's value. */
  readonly authorization: string;
}

/** @throws OffairError `ERR_LIVE_REJECTED` for a path or query with half of a surrogate pair, and without `X-Sdk-Date`. */
export function sign(request: SignableRequest, { ak, sk }: AccessKey): Signed {
  const headers = canonicalHeaders(request.headers);
  if (headers.sdkDate === undefined) {
    throw new OffairError("ERR_LIVE_REJECTED", "a request without X-Sdk-Date cannot be signed");
  }
  const canonical = joinRequest(request, headers);
  const toSign = stringToSign(headers.sdkDate, canonical);
  const authorization = `${ALGORITHM} Access=${ak}, SignedHeaders=${headers.signedNames}, Signature=${signature(sk, toSign)}`;
  return { canonicalRequest: canonical, stringToSign: toSign, authorization };
}

interface CanonicalHeaders {
  /** A line a header, each with its line feed. */
  readonly lines: string;
  readonly signedNames: string;
  readonly sdkDate: string | undefined;
  /** What stands in for the body's hash, if a header says so. */
  readonly bodyHash: string | undefined;
}

function canonicalHeaders(headers: SignableRequest["headers"]): CanonicalHeaders {
  const sorted: Header[] = [];
  let sdkDate: string | undefined;
  let bodyHash: string | undefined;
  for (const given of Object.keys(headers)) {
    const name = given.toLowerCase();
    const value = (headers[given] ?? "").trim();
    if (name === "x-sdk-date") sdkDate = value;
    else if (name === BODY_HASH_HEADER) bodyHash = value;
    sorted.push({ name, value });
  }
  sorted.sort(byName);
  let lines = "";
  let signedNames = "";
  for (const { name, value } of sorted) {
    lines += `${name}:${value}\n`;
    signedNames += signedNames === "" ? name : `;${name}`;
  }
  return { lines, signedNames, sdkDate, bodyHash };
}

interface Header {
  readonly name: string;
  readonly value: string;
}

const byName = (a: Header, b: Header): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

function joinRequest({ method, path, query, body }: SignableRequest, headers: CanonicalHeaders): string {
  const bodyHash = headers.bodyHash ?? (body.length === 0 ? EMPTY_SHA256 : hash("sha256", body));
  // the guide closes the header lines with an empty one
  return `${method}\n${canonicalPath(path)}\n${canonicalQuery(query)}\n${headers.lines}\n${headers.signedNames}\n${bodyHash}`;
}

/** SHA-256 of nothing: every GET and DELETE has an empty body. */
const EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/** RFC 3986: all but unreserved characters, as upper-case %XX of their UTF-8. */
function encode(text: string): string {
  if (UNRESERVED.test(text)) return text; // nearly always: most values are plain words
  if (!text.isWellFormed()) {
    throw new OffairError("ERR_LIVE_REJECTED", "half of a surrogate pair has no UTF-8 to be signed and sent");
  }
  return encodeURIComponent(text).replace(/[!'()*]/g, percentEncode); // it leaves these five bare, for RFC 2396 did
}

const percentEncode = (ascii: string): string => `%${ascii.charCodeAt(0).toString(16).toUpperCase()}`;

const UNRESERVED = /^[A-Za-z0-9_.~-]*$/;
const PLAIN_PATH = /^[A-Za-z0-9_.~/-]*$/;

/** `<` compares UTF-16 units, which puts the surrogates of U+10000 and up before U+E000–U+FFFF; the guide wants them after. */
function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = codePointOrder(a.charCodeAt(i)) - codePointOrder(b.charCodeAt(i));
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

const codePointOrder = (unit: number): number => (unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit);
