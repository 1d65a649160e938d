/** Checks an object against the length and hash that a chain entry states. */

import type { Bundle } from "../../archive/bundle.ts";
import type { StoredObject } from "../../archive/manifest.ts";
import { sha256Hex } from "../../core/sha256.ts";
import { finding, type VerificationFinding } from "./finding.ts";

/** @param isThere - whether the bundle lists the name. Names from untrusted manifests are never looked up anywhere else. */
export async function objectIssue(
  { object, sha256, bytes: length }: StoredObject,
  isThere: boolean,
  bundle: Bundle,
): Promise<VerificationFinding | undefined> {
  if (!isThere) return finding("missing", object, "is missing");
  const bytes = await readFrom(bundle, object);
  if (!bytes) return finding("unreadable", object, "cannot be read");
  if (bytes.length === length && sha256Hex(bytes) === sha256) return undefined;
  if (bytes.length < length) return finding("truncated", object, `has ${bytes.length} of ${length} bytes`);
  if (bytes.length > length && sha256Hex(bytes.subarray(0, length)) === sha256) {
    return finding("appended", object, `has ${bytes.length - length} bytes after its ${length}`);
  }
  return finding("altered", object, "its hash is not the one in the chain");
}

/** Returns undefined on any read error, so that one unreadable object does not stop the verification of the others. */
export async function readFrom(bundle: Bundle, name: string): Promise<Uint8Array | undefined> {
  try {
    return await bundle.read(name);
  } catch {
    return undefined;
  }
}
