/** Parses the Ed25519 keys of the chain. A key's id is the SHA-256 of its public half. */
import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import * as z from "zod";
import { OffairError } from "../core/errors.ts";
import { formatIssues, issuesOf } from "../core/issues.ts";
import { orUndefined, parseJson } from "../core/parse-json.ts";
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
  /** The key before a rotation. It signs the rotation's entry together with the current key, and nothing after it. */
  readonly previous?: Ed25519Key;
}

const secretSchema = z.object({
  keys: z
    .array(z.object({ privateKey: z.string() }))
    .min(1)
    .max(2),
});

/**
 * Parses the secret: `{"keys": [{"privateKey": "<PKCS8 PEM>"}]}`; during a rotation the new key comes first, then the old one.
 *
 * @throws OffairError `ERR_SECRET`; the message never contains any part of the secret.
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
  const privateKey = orUndefined(() => createPrivateKey(pem)); // no cause: OpenSSL's message may quote the value
  if (privateKey?.asymmetricKeyType !== "ed25519") {
    throw new OffairError("ERR_SECRET", `/keys/${index}/privateKey is not an Ed25519 key in PKCS8 PEM`);
  }
  return { ...publicKeyOf(createPublicKey(privateKey)), privateKey };
}

function publicKeyOf(key: KeyObject): PublicKey {
  const spki = key.export({ format: "der", type: "spki" });
  return { id: sha256Hex(spki), spki, key };
}

/** @returns undefined if the bytes are not an Ed25519 public key in canonical DER. */
export function fromSpki(der: Buffer): PublicKey | undefined {
  const key = orUndefined(() => createPublicKey({ key: der, format: "der", type: "spki" }));
  if (key?.asymmetricKeyType !== "ed25519") return undefined;
  const known = publicKeyOf(key);
  return known.spki.equals(der) ? known : undefined;
}

/**
 * Parses a pinned key file: one PEM block, or its DER. A private key is rejected although it contains the public one, because it should
 * not be on the machine where evidence is verified.
 *
 * @throws OffairError `ERR_CONFIG`
 */
export function parsePublicKey(file: Uint8Array): PublicKey {
  const der = /^\s*-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----\s*$/.exec(
    Buffer.from(file).toString("latin1"),
  )?.[1];
  const key = fromSpki(der === undefined ? Buffer.from(file) : Buffer.from(der, "base64"));
  if (!key) throw new OffairError("ERR_CONFIG", "the key file is not an Ed25519 public key (SPKI, in PEM or DER)");
  return key;
}

/** The form that an auditor pins. */
export const publicKeyPem = ({ key }: PublicKey): string => key.export({ format: "pem", type: "spki" }).toString();
