/** The Ed25519 key that signs the chain of a local stack, derived from a text, so that it is the same at each start. For local use only. */
import { createHash, createPrivateKey } from "node:crypto";

/** RFC 8410, section 7: the DER prefix of the 32 bytes of the key. */
const PKCS8_HEAD = Buffer.from("302e020100300506032b657004220420", "hex");

/** PKCS8, PEM. */
export function auditKeyOf(text: string): string {
  const bytes = createHash("sha256").update(text).digest();
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, bytes]), format: "der", type: "pkcs8" });
  return key.export({ format: "pem", type: "pkcs8" }).toString();
}

/** The key in the format of its secret. */
export const auditKeySecret = (privateKey: string): string => JSON.stringify({ keys: [{ privateKey }] });
