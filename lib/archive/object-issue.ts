/** Compares the bytes of an object with the length and the hash that a chain entry states. */
import { isUtf8 } from "node:buffer";
import { sha256Hex } from "../core/sha256.ts";
import type { StoredObject } from "./manifest.ts";

export interface ObjectIssue {
  readonly kind: "altered" | "truncated" | "appended";
  readonly message: string;
}

/** @returns undefined if the bytes are those that were stored. */
export function objectIssue(
  { object, sha256, bytes: length }: StoredObject,
  bytes: Uint8Array,
): ObjectIssue | undefined {
  if (bytes.length === length && sha256Hex(bytes) === sha256) return undefined;
  if (isDecompressed(object, length, bytes)) return { kind: "altered", message: DECOMPRESSED };
  if (bytes.length < length) return { kind: "truncated", message: `has ${bytes.length} of ${length} bytes` };
  if (bytes.length > length && sha256Hex(bytes.subarray(0, length)) === sha256) {
    return { kind: "appended", message: `has ${bytes.length - length} bytes after its ${length}` };
  }
  return { kind: "altered", message: "its hash is not the one in the chain" };
}

const DECOMPRESSED =
  "decompressed on the way: its gzip is not what was stored, so its content cannot be checked; download it raw";

/** The gzip of no lines. */
const EMPTY_GZIP_BYTES = 20;

/**
 * Whether the bytes look like the lines of the object without their gzip. Lists are stored with `Content-Encoding: gzip`, and some programs
 * decompress such an object while they download it. It is a hint for people: somebody may have changed the lines as well.
 */
function isDecompressed(object: string, length: number, bytes: Uint8Array): boolean {
  if (!object.endsWith(".gz")) return false;
  if (bytes.length === 0) return length === EMPTY_GZIP_BYTES;
  return bytes[0] === OPENING_BRACE && bytes.at(-1) === LINE_END && isUtf8(bytes);
}

const OPENING_BRACE = 0x7b;
const LINE_END = 0x0a;
