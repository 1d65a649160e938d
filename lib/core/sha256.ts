/** SHA-256, which identifies bodies, archived objects and policies. */
import { hash } from "node:crypto";

/** Hashes bytes, or a text in UTF-8. @returns 64 hexadecimal digits. */
export const sha256Hex = (bytes: Uint8Array | string): string => hash("sha256", bytes);

/** Hashes a value as JSON. @returns the first 32 hexadecimal digits, for ids that have to be short. */
export const shortHash = (value: unknown): string => sha256Hex(JSON.stringify(value)).slice(0, 32);
