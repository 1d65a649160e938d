/**
 * The keys that sign with `v1a`: Ed25519, in the notation of Standard Webhooks. offair has one key for all subscribers, because all of them are the
 * platform's own.
 *
 * The secret is `{"current": KEY, "previous"?: KEY}`. A key is `whsk_` and the base64 of its 32 bytes, or a random text from which the 32 bytes
 * are derived: the deployment generates such a text, so that nobody needs to make a key.
 *
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#signature-scheme
 * @see RFC 8032 (Ed25519), RFC 8410 (its PKCS8)
 */
import { createPrivateKey, createPublicKey, hkdfSync, type KeyObject } from "node:crypto";
import * as z from "zod";
import { OffairError } from "../core/errors.ts";
import { formatIssues, issuesOf } from "../core/issues.ts";
import { parseJson } from "../core/parse-json.ts";
import { sha256Hex } from "../core/sha256.ts";

export interface EventsKey {
  /** The beginning of the SHA-256 of the public key's 32 bytes, in hexadecimal. */
  readonly id: string;
  /** `whpk_` and the base64 of the 32 bytes. */
  readonly publicKey: string;
  readonly privateKey: KeyObject;
}

/** A key that signs now, as a receiver may know it. */
export interface PublicKeyEntry {
  readonly id: string;
  readonly publicKey: string;
  /** When it signed first. */
  readonly since: string;
}

/** The body of GET /events/keys. */
export interface PublicKeysDocument {
  readonly keys: readonly (PublicKeyEntry & { readonly alg: "ed25519" })[];
}

const SEED_BYTES = 32;
/** Letters and digits: 32 of them have 190 bits, and less could be guessed. */
const MIN_TEXT = 32;

/** RFC 8410, section 7: what precedes the 32 bytes of a key in PKCS8. */
const PKCS8_HEAD = Buffer.from("302e020100300506032b657004220420", "hex");
const SPKI_HEAD_BYTES = 12;

const secretSchema = z.object({ current: z.string(), previous: z.string().optional() });

/**
 * Parses the secret. The current key comes first; while there is a previous one, both sign.
 *
 * @throws OffairError `ERR_SECRET`; the message never contains any part of the secret.
 */
export function parseEventsKeys(secret: string): EventsKey[] {
  const { data, error } = secretSchema.safeParse(parseJson(secret));
  if (error)
    throw new OffairError("ERR_SECRET", `the events key is not as documented: ${formatIssues(issuesOf(error))}`);
  const keys = [data.current, ...(data.previous === undefined ? [] : [data.previous])];
  return keys.map((text, index) => keyOf(seedOf(text, index === 0 ? "/current" : "/previous")));
}

function seedOf(text: string, at: string): Buffer {
  if (text.startsWith("whsk_")) {
    const encoded = text.slice("whsk_".length);
    const seed = Buffer.from(encoded, "base64"); // skips invalid characters, hence the comparison
    if (seed.length === SEED_BYTES && seed.toString("base64") === encoded) return seed;
    throw new OffairError("ERR_SECRET", `${at} of the events key is not whsk_ and ${SEED_BYTES} bytes in base64`);
  }
  if (text.length < MIN_TEXT) {
    throw new OffairError("ERR_SECRET", `${at} of the events key is shorter than ${MIN_TEXT} characters`);
  }
  return Buffer.from(hkdfSync("sha256", text, "", "offair events key", SEED_BYTES));
}

function keyOf(seed: Buffer): EventsKey {
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, seed]), format: "der", type: "pkcs8" });
  const raw = createPublicKey(privateKey).export({ format: "der", type: "spki" }).subarray(SPKI_HEAD_BYTES);
  return { id: sha256Hex(raw).slice(0, 16), publicKey: `whpk_${raw.toString("base64")}`, privateKey };
}

/**
 * The entries for the keys that sign now. A key that was known before keeps its time.
 *
 * @returns `known` itself if nothing changes, so that nothing needs to be stored.
 */
export function updateEntries(
  known: readonly PublicKeyEntry[],
  keys: readonly EventsKey[],
  now: Date,
): readonly PublicKeyEntry[] {
  const entries = keys.map(({ id, publicKey }) => {
    const since = known.find((each) => each.publicKey === publicKey)?.since ?? now.toISOString();
    return { id, publicKey, since };
  });
  return JSON.stringify(entries) === JSON.stringify(known) ? known : entries;
}

export const publicKeysDocument = (entries: readonly PublicKeyEntry[]): PublicKeysDocument => ({
  keys: entries.map(({ id, publicKey, since }) => ({ id, alg: "ed25519", publicKey, since })),
});
