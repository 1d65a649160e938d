/** Authenticates requests of a `json-mapping` source: HMAC over the body, MD5 over a key and a time, or a bearer token. */
import { createHash, createHmac } from "node:crypto";
import { parseJsonForProof } from "../core/parse-json.ts";
import type { SourceEntry } from "../policy/policy.ts";
import { textAt, valueAt } from "./pointer.ts";
import {
  checkAge,
  checkExpiry,
  checkSecrets,
  fitsAny,
  headerOf,
  isEqual,
  isEqualHex,
  refuse,
  secondsOf,
} from "./signatures.ts";
import type { SourceRequest } from "./source.ts";

export type JsonMappingEntry = Extract<SourceEntry, { adapter: "json-mapping" }>;
type Authentication = JsonMappingEntry["authentication"];
type Scheme<Name> = Extract<Authentication, { scheme: Name }>;

/** Characters. Some vendors let the user choose the key; a shorter one could be guessed. */
const MIN_SECRET_LENGTH = 8;

/** The document that the policy's pointers refer to. */
export interface MappedDocument {
  readonly body: unknown;
  readonly query: SourceRequest["query"];
  readonly headers: SourceRequest["headers"];
  /** The element of the list that `each` leads to. */
  readonly item?: unknown;
}

/**
 * Checks the request by the policy's authentication scheme.
 *
 * @throws OffairError `ERR_REPORT_SIGNATURE` naming the header or the pointer; `ERR_SECRET` if a secret is too short.
 */
export function prove(
  authentication: Authentication,
  request: SourceRequest,
  secrets: readonly string[],
  now: Date,
): void {
  checkSecrets(secrets, MIN_SECRET_LENGTH);
  if (authentication.scheme === "hmac") proveHmac(authentication, request, secrets);
  else if (authentication.scheme === "md5") proveMd5(authentication, request, secrets, now);
  else proveBearer(authentication, request, secrets);
}

function proveHmac(
  { header, algorithm, encoding, prefix }: Scheme<"hmac">,
  request: SourceRequest,
  secrets: readonly string[],
): void {
  const given = headerOf(request, header);
  if (!given.startsWith(prefix)) throw refuse(header, `${header} does not begin with the policy's prefix`);
  const signature = given.slice(prefix.length);
  const isSame = encoding === "hex" ? isEqualHex : isEqual;
  const fits = (secret: string): boolean =>
    isSame(signature, createHmac(algorithm, secret).update(request.body).digest(encoding));
  if (!fitsAny(secrets, fits)) throw refuse(header, `${header} does not fit the body and a secret`);
}

function proveMd5(
  { of, separator, host: signedHost, sign, time, timeIs }: Scheme<"md5">,
  request: SourceRequest,
  secrets: readonly string[],
  now: Date,
): void {
  const inBody = [sign, time].some((pointer) => pointer.startsWith("/body"));
  const { query, headers } = request;
  const document: MappedDocument = { body: inBody ? parseJsonForProof(request.body) : undefined, query, headers };
  const given = textAt(document, sign);
  if (given === undefined) throw refuse(sign, `${sign} is missing`);
  const stamp = valueAt(document, time);
  const seconds = secondsOf(time, stamp);
  if (timeIs === "sent") checkAge(time, seconds, now);
  else checkExpiry(time, seconds, now);
  // Usually the sender signed the host of the URL that it calls, which is the `host` header here.
  const host = of.includes("host") ? (signedHost ?? headerOf(request, "host")) : "";
  const fits = (key: string): boolean => {
    const parts = { key, host, time: String(stamp) };
    return isEqualHex(
      given,
      createHash("md5")
        .update(of.map((part) => parts[part]).join(separator))
        .digest("hex"),
    );
  };
  if (!fitsAny(secrets, fits)) throw refuse(sign, `${sign} does not fit ${of.join(", ")}`);
}

function proveBearer({ header, prefix }: Scheme<"bearer">, request: SourceRequest, secrets: readonly string[]): void {
  const given = headerOf(request, header);
  if (!fitsAny(secrets, (secret) => isEqual(given, `${prefix}${secret}`)))
    throw refuse(header, `${header} does not hold a secret of this source`);
}
