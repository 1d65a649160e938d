/** Reads a bundle from a folder. Symbolic links are not followed, because they may lead out of it. */
import { closeSync, constants, fstatSync, openSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { BundleIssue } from "../../lib/archive/bundle.ts";
import { OffairError } from "../../lib/core/errors.ts";
import { MAX_OBJECT_BYTES, namesOf, type OpenBundle, objectNameIssue } from "./bundle-objects.ts";

/** Reads files synchronously: a year has 50,000 small files, and synchronous reads take a fifth of the time of asynchronous ones. */
export function openFolder(folder: string): OpenBundle {
  const objects = new Map<string, true>();
  const issues: BundleIssue[] = [];
  for (const { name, isFile } of filesBelow(folder, "")) {
    const message = isFile ? objectNameIssue(name) : "is neither a file nor a folder, and is not followed";
    if (message === undefined) objects.set(name, true);
    else issues.push({ object: name, message });
  }
  return {
    issues,
    names: (prefix) => namesOf(objects, prefix),
    async read(name) {
      if (!objects.has(name)) return undefined;
      try {
        return readObject(join(folder, name));
      } catch (cause) {
        throw new OffairError("ERR_ARCHIVE", `${name} cannot be read`, { cause });
      }
    },
    async close() {},
  };
}

function readObject(path: string): Buffer {
  const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const { size } = fstatSync(file);
    if (size > MAX_OBJECT_BYTES) throw new RangeError(`${size} bytes are too many for an object`);
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

function* filesBelow(folder: string, prefix: string): Generator<{ name: string; isFile: boolean }> {
  for (const entry of readdirSync(join(folder, prefix), { withFileTypes: true })) {
    const name = `${prefix}${entry.name}`;
    if (entry.isDirectory()) yield* filesBelow(folder, `${name}/`);
    else yield { name, isFile: entry.isFile() };
  }
}
