/** The keys of the chain: Ed25519, known by the SHA-256 of their public half. */
import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import * as z from "zod";
import { OffairError } from "../core/errors.ts";
import { formatIssues, issuesOf } from "../core/issues.ts";
import { parseJson } from "../core/parse-json.ts";
import { sha256Hex } from "../core/sha256.ts";

export interface PublicKey {
  /** SHA-256 of `spki`, hex. */
  readonly id: string;
  /** DER, as in RFC 8410. */
  readonly spki: Buffer;
  readonly key: KeyObject;
}

export interface Ed25519Key extends PublicKey {
  readonly privateKey: KeyObject;
}

export interface AuditKeys {
  readonly current: Ed25519Key;
  /** During a rotation: the key that signed until now. It signs the rotation, and nothing after it. */
  readonly previous?: Ed25519Key;
}

const secretSchema = z.object({
  keys: z
    .array(z.object({ privateKey: z.string() }))
    .min(1)
    .max(2),
});

/**
 * The secret's text: `{"keys": [{"privateKey": "<PKCS8 PEM>"}]}`, during a rotation the new key first and the old one second.
 *
 * @throws OffairError `ERR_SECRET`, never with a part of the value.
 */
export function parseAuditKeys(secret: string): AuditKeys {
  const json = parseJson(secret);
  if (json === undefined) throw new OffairError("ERR_SECRET", "the audit key is not JSON");
  const { data, error } = secretSchema.safeParse(json);
  if (error) {
    throw new OffairError("ERR_SECRET", `the audit key is not as documented: ${formatIssues(issuesOf(error))}`);
  }
  const [current, previous] = data.keys.map(({ privateKey }, index) => signingKey(privateKey, index));
  if (!current) throw new OffairError("ERR_SECRET", "the audit key is missing");
  return previous ? { current, previous } : { current };
}

function signingKey(pem: string, index: number): Ed25519Key {
  const privateKey = attempt(() => createPrivateKey(pem));
  if (privateKey?.asymmetricKeyType !== "ed25519") {
    throw new OffairError("ERR_SECRET", `/keys/${index}/privateKey is no Ed25519 key in PKCS8 PEM`);
  }
  return { ...publicKeyOf(createPublicKey(privateKey)), privateKey };
}

function publicKeyOf(key: KeyObject): PublicKey {
  const spki = key.export({ format: "der", type: "spki" });
  return { id: sha256Hex(spki), spki, key };
}

/** Undefined for bytes that are no Ed25519 key in this very encoding. */
export function fromSpki(der: Buffer): PublicKey | undefined {
  const key = attempt(() => createPublicKey({ key: der, format: "der", type: "spki" }));
  if (key?.asymmetricKeyType !== "ed25519") return undefined;
  const known = publicKeyOf(key);
  return known.spki.equals(der) ? known : undefined;
}

/**
 * A key file that somebody pinned: one PEM block, or its DER. A private key is refused, though it holds the public one: it should not lie
 * where evidence is checked.
 *
 * @throws OffairError `ERR_CONFIG`
 */
export function parsePublicKey(file: Uint8Array): PublicKey {
  const der = /^\s*-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----\s*$/.exec(
    Buffer.from(file).toString("latin1"),
  )?.[1];
  const key = fromSpki(der === undefined ? Buffer.from(file) : Buffer.from(der, "base64"));
  if (!key) throw new OffairError("ERR_CONFIG", "the key file holds no Ed25519 public key (SPKI, in PEM or DER)");
  return key;
}

/** For whoever will verify: this is what they pin. */
export const publicKeyPem = ({ key }: PublicKey): string => key.export({ format: "pem", type: "spki" }).toString();

function attempt(parse: () => KeyObject): KeyObject | undefined {
  try {
    return parse();
  } catch {
    return undefined; // no cause: OpenSSL's words are about the value
  }
}
