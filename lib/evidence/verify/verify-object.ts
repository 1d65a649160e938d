/** Checks an object against the length and hash that a chain entry states. */

import type { Bundle } from "../../archive/bundle.ts";
import type { StoredObject } from "../../archive/manifest.ts";
import { objectIssue } from "../../archive/object-issue.ts";
import { finding, type VerificationFinding } from "./finding.ts";

/** @param names - of the bundle. A manifest's names are never looked up anywhere else. */
export async function checkObject(
  stored: StoredObject,
  names: ReadonlyMap<string, unknown>,
  bundle: Bundle,
): Promise<VerificationFinding | undefined> {
  const { object } = stored;
  if (!names.has(object)) {
    const unpacked = object.replace(/\.gz$/, "");
    if (!names.has(unpacked)) return finding("missing", object, "is missing");
    return finding("missing", object, `decompressed on the way: there is ${unpacked} in its place; download it raw`);
  }
  const bytes = await readFrom(bundle, object);
  if (!bytes) return finding("unreadable", object, "cannot be read");
  const issue = objectIssue(stored, bytes);
  return issue && finding(issue.kind, object, issue.message);
}

/** Returns undefined on any read error, so that one unreadable object does not stop the verification of the others. */
export async function readFrom(bundle: Bundle, name: string): Promise<Uint8Array | undefined> {
  try {
    return await bundle.read(name);
  } catch {
    return undefined;
  }
}
