/**
 * AK/SK request signing (SDK-HMAC-SHA256). Uses no clock and no network. Each step is an exported function, so that its result can be
 * compared with Huawei's worked example: https://support.huaweicloud.com/intl/en-us/devg-apisign/api-sign-algorithm-002.html
 */
import { hash } from "node:crypto";
import { OffairError } from "../../core/errors.ts";
import { memoize } from "../../core/memoize.ts";
import { createHmacSha256 } from "../../core/sha256.ts";

const ALGORITHM = "SDK-HMAC-SHA256";

/** This header replaces the hash of the body: https://support.huaweicloud.com/intl/en-us/devg-apisign/api-sign-exclude-body.html */
const BODY_HASH_HEADER = "x-sdk-content-sha256";

export interface SignableRequest {
  /** In capitals. */
  readonly method: string;
  /** Decoded and absolute; the final "/" of the signed path is added here. */
  readonly path: string;
  /** Decoded, in any order. */
  readonly query: readonly QueryEntry[];
  /** The headers to sign, in any case and order, without duplicates. Must include `X-Sdk-Date`. */
  readonly headers: Readonly<Record<string, string>>;
  /** The bytes as sent; a string is encoded as UTF-8. */
  readonly body: string | Uint8Array;
}

type QueryEntry = readonly [name: string, value: string];

export interface AccessKey {
  readonly ak: string;
  readonly sk: string;
}

/** Formats `X-Sdk-Date`: `20260422T080000Z`. The gateway accepts times within 15 minutes of its own clock. */
export const formatSdkDate = (moment: Date): string => moment.toISOString().replace(/[-:]|\.\d+/g, "");

/** @returns the path with every segment encoded and a final "/", which the path as sent does not need. */
export function canonicalPath(path: string): string {
  const encoded = PLAIN_PATH.test(path) ? path : path.split("/").map(encode).join("/");
  return encoded.endsWith("/") ? encoded : `${encoded}/`;
}

/**
 * Returns the query to sign, which is also the query to send.
 *
 * Names are sorted before they are encoded: `~` precedes `中`, although "%E4…" precedes "~". The guide does not mention repeated names;
 * their values are sorted too, as the Go, Node and Python signers do.
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

/** Signs with the SK itself: unlike AWS Signature V4, no key is derived from date, region or service. */
export const signature = (sk: string, toSign: string): string => hmacOf(sk)("hex", toSign);

const hmacOf = memoize((sk) => createHmacSha256(Buffer.from(sk)));

/** The results of all steps, for comparison with the gateway's error message. */
export interface Signed {
  readonly canonicalRequest: string;
  readonly stringToSign: string;
  /** The value of the `Authorization` header. */
  readonly authorization: string;
}

/** Signs a request. @throws OffairError `ERR_LIVE_REJECTED` for a lone surrogate in path or query, and without `X-Sdk-Date`. */
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
  /** One line per header, each with its line feed. */
  readonly lines: string;
  readonly signedNames: string;
  readonly sdkDate: string | undefined;
  /** The value of `x-sdk-content-sha256`, if present. */
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
  // the guide ends the header lines with an empty line
  return `${method}\n${canonicalPath(path)}\n${canonicalQuery(query)}\n${headers.lines}\n${headers.signedNames}\n${bodyHash}`;
}

/** SHA-256 of an empty body, which every GET and DELETE has. */
const EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/** Percent-encodes all but the unreserved characters of RFC 3986, in upper case. */
function encode(text: string): string {
  if (UNRESERVED.test(text)) return text; // the usual case
  if (!text.isWellFormed()) {
    throw new OffairError("ERR_LIVE_REJECTED", "half of a surrogate pair has no UTF-8 to be signed and sent");
  }
  return encodeURIComponent(text).replace(/[!'()*]/g, percentEncode); // it does not encode these five
}

const percentEncode = (ascii: string): string => `%${ascii.charCodeAt(0).toString(16).toUpperCase()}`;

const UNRESERVED = /^[A-Za-z0-9_.~-]*$/;
const PLAIN_PATH = /^[A-Za-z0-9_.~/-]*$/;

/** Compares by code point. `<` compares UTF-16 units, which sorts U+10000 and up before U+E000–U+FFFF. */
function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = codePointOrder(a.charCodeAt(i)) - codePointOrder(b.charCodeAt(i));
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

const codePointOrder = (unit: number): number => (unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit);
