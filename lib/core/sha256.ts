/** SHA-256, which identifies bodies, archived objects and policies; and HMAC-SHA256, which signs. */
import { hash } from "node:crypto";

/** Hashes bytes, or a text in UTF-8. @returns 64 hexadecimal digits. */
export const sha256Hex = (bytes: Uint8Array | string): string => hash("sha256", bytes);

/** Hashes a value as JSON. @returns the first 32 hexadecimal digits, for ids that have to be short. */
export const shortHash = (value: unknown): string => sha256Hex(JSON.stringify(value)).slice(0, 32);

const BLOCK_BYTES = 64;
const HASH_BYTES = 32;

/** For what fits: allocating costs as much as hashing. */
const scratch = Buffer.alloc(4_096);

/** Returns the code of a text, as UTF-8, and of bytes that follow it. */
export type Hmac = (encoding: "hex" | "base64", text: string, bytes?: Uint8Array) => string;

/**
 * Prepares a key of HMAC-SHA256 (RFC 2104), which a caller keeps for all codes with it. Made of one-shot hashes: Node's `createHmac` takes
 * 1.1 µs before it hashes anything, half of a signature of Live or of a report's proof; this takes 0.6 (docs/adr/0018).
 */
export function createHmacSha256(key: Uint8Array): Hmac {
  const block = new Uint8Array(BLOCK_BYTES);
  block.set(key.length > BLOCK_BYTES ? hash("sha256", key, "buffer") : key);
  const innerPad = block.map((byte) => byte ^ 0x36);
  const outer = Buffer.alloc(BLOCK_BYTES + HASH_BYTES);
  outer.set(block.map((byte) => byte ^ 0x5c));
  return (encoding, text, bytes) => {
    const longest = BLOCK_BYTES + 3 * text.length + (bytes?.length ?? 0); // UTF-8 has at most 3 bytes a UTF-16 unit
    const inner = longest <= scratch.length ? scratch : Buffer.allocUnsafe(longest);
    inner.set(innerPad);
    let end = BLOCK_BYTES + inner.write(text, BLOCK_BYTES);
    if (bytes) {
      inner.set(bytes, end);
      end += bytes.length;
    }
    outer.write(hash("sha256", inner.subarray(0, end), "binary"), BLOCK_BYTES, "binary");
    return hash("sha256", outer, encoding);
  };
}
