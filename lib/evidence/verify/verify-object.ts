/** What speaks against an object that a link answers for. */

import type { Bundle } from "../../archive/bundle.ts";
import type { StoredObject } from "../../archive/manifest.ts";
import { sha256Hex } from "../../core/sha256.ts";
import type { VerificationFinding } from "./finding.ts";

/** @param isThere - by the bundle's own list: a name out of a manifest that nobody trusts is not looked up anywhere else. */
export async function objectIssue(
  { object, sha256, bytes: length }: StoredObject,
  isThere: boolean,
  bundle: Bundle,
): Promise<VerificationFinding | undefined> {
  if (!isThere) return { kind: "missing", object, message: "is not there" };
  const bytes = await readFrom(bundle, object);
  if (!bytes) return { kind: "unreadable", object, message: "cannot be read" };
  if (bytes.length === length && sha256Hex(bytes) === sha256) return undefined;
  if (bytes.length < length) {
    return { kind: "truncated", object, message: `has ${bytes.length} of ${length} bytes` };
  }
  if (bytes.length > length && sha256Hex(bytes.subarray(0, length)) === sha256) {
    return { kind: "appended", object, message: `has ${bytes.length - length} bytes after its ${length}` };
  }
  return { kind: "altered", object, message: "its hash is not the one in the chain" };
}

/** A container that cannot be read at one place says so of that object, and the others are looked at. */
export async function readFrom(bundle: Bundle, name: string): Promise<Uint8Array | undefined> {
  try {
    return await bundle.read(name);
  } catch {
    return undefined;
  }
}
