/**
 * The `standard` source: a claim as JSON, signed with symmetric Standard Webhooks (`v1`). For your own services, user-report forms, and
 * senders that implement the standard.
 *
 * Documented: the three headers `webhook-…` of the standard, and that Svix names them `svix-…` unless the sender has bought other names.
 * Both sign the same text (Verifying Webhooks Manually, read 2026-11-29).
 *
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 * @see https://docs.svix.com/receiving/verifying-payloads/how-manual
 */
import { OffairError } from "../core/errors.ts";
import { memoize } from "../core/memoize.ts";
import { createHmacSha256 } from "../core/sha256.ts";
import { claimSchema } from "../reports/claim.ts";
import { ignoredKeys } from "./ignored-keys.ts";
import { readAs } from "./invalid.ts";
import { checkAge, fitsAny, headerOf, isEqual, refuse, secondsOf } from "./signatures.ts";
import type { Source, SourceRequest } from "./source.ts";

/** The standard requires keys of 24 to 64 bytes. */
const KEY_BYTES = { min: 24, max: 64 };

const ID = /^[\x21-\x7e]{1,256}$/;

/** A header has a few signatures; each costs a comparison. */
const MAX_SIGNATURES = 16;

/** The headers of each prefix, as constants: building the names for each request costs 0.4 µs. */
const HEADERS = {
  webhook: { id: "webhook-id", timestamp: "webhook-timestamp", signature: "webhook-signature" },
  svix: { id: "svix-id", timestamp: "svix-timestamp", signature: "svix-signature" },
} as const;
type HeaderNames = (typeof HEADERS)[keyof typeof HEADERS];

/**
 * The names of the request's headers. Both sets at once must say the same: a request must not be verified by one and identified by the
 * other, and a mixed set is none.
 */
function namesOf({ headers }: SourceRequest): HeaderNames {
  const { webhook, svix } = HEADERS;
  const hasAny = ({ id, timestamp, signature }: HeaderNames) => headers[id] || headers[timestamp] || headers[signature];
  if (!hasAny(svix)) return webhook;
  if (!hasAny(webhook)) return svix;
  const isSame = (part: keyof HeaderNames) => headers[svix[part]] === headers[webhook[part]];
  if (isSame("id") && isSame("timestamp") && isSame("signature")) return webhook;
  throw refuse("webhook-id", "the headers webhook-… and svix-… differ: send one set");
}

/** Returns the `v1,<base64>` signatures; those of other versions, separated by spaces, are ignored. */
function readSignatures(request: SourceRequest, name: string): string[] {
  const signatures = headerOf(request, name).split(" ");
  if (signatures.length > MAX_SIGNATURES) throw refuse(name, `${name} has too many signatures`);
  const supported = signatures.filter((signature) => signature.startsWith("v1,"));
  if (supported.length === 0) throw refuse(name, `${name} has no v1 signature`);
  return supported;
}

const hmacOf = memoize((secret) => {
  const encoded = secret.replace(/^whsec_/, "");
  const key = Buffer.from(encoded, "base64"); // skips invalid characters, hence the comparison below
  if (key.toString("base64") !== encoded || key.length < KEY_BYTES.min || key.length > KEY_BYTES.max) {
    throw new OffairError(
      "ERR_SECRET",
      `a secret of this source is not whsec_ and ${KEY_BYTES.min} to ${KEY_BYTES.max} bytes in base64`,
    );
  }
  return createHmacSha256(key);
});

export const standard: Source = {
  success: { status: 202 },
  answersIssues: true,
  onlyJson: true,

  verify(request, secrets, now) {
    const names = namesOf(request);
    const id = headerOf(request, names.id);
    if (!ID.test(id)) throw refuse(names.id, `${names.id} is not 1 to 256 visible ASCII characters`);
    const timestamp = headerOf(request, names.timestamp);
    checkAge(names.timestamp, secondsOf(names.timestamp, timestamp), now);
    const given = readSignatures(request, names.signature);
    const fits = (secret: string): boolean => {
      const mac = hmacOf(secret)("base64", `${id}.${timestamp}.`, request.body);
      return fitsAny(given, (signature) => isEqual(signature, `v1,${mac}`));
    };
    if (!fitsAny(secrets, fits)) {
      throw refuse(names.signature, `${names.signature} does not fit the body, the id, the timestamp and a secret`);
    }
    return { id };
  },

  translate(payload) {
    const data = readAs(claimSchema, payload, "the report is not as documented");
    const warnings = ignoredKeys(payload, data);
    return { kind: "claims", claims: [data], ...(warnings.length > 0 && { warnings }) };
  },
};
