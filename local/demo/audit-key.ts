/** A key that signs the chain of a local stack: Ed25519, made of any text, so that the same world has the same key. Nothing else trusts it. */
import { createHash, createPrivateKey } from "node:crypto";

/** RFC 8410, section 7: what comes before the 32 bytes of the key. */
const PKCS8_HEAD = Buffer.from("302e020100300506032b657004220420", "hex");

/** PKCS8, PEM. */
export function auditKeyOf(text: string): string {
  const bytes = createHash("sha256").update(text).digest();
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, bytes]), format: "der", type: "pkcs8" });
  return key.export({ format: "pem", type: "pkcs8" }).toString();
}

/** As the secret holds it. */
export const auditKeySecret = (privateKey: string): string => JSON.stringify({ keys: [{ privateKey }] });
