/** The one hash by which bodies, objects and policies are known. */
import { hash } from "node:crypto";

/** Of bytes, or of a text in UTF-8; 64 hexadecimal digits. */
export const sha256Hex = (bytes: Uint8Array | string): string => hash("sha256", bytes);
