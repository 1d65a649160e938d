/** Reads a bundle from a folder. Symbolic links are not followed, because they may lead out of it. */
import { isUtf8 } from "node:buffer";
import { closeSync, constants, fstatSync, openSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { OffairError } from "../../lib/core/errors.ts";
import { createObjectIndex, MAX_OBJECT_BYTES, namesOf, type OpenBundle } from "./bundle-objects.ts";

/** Reads files synchronously: a year has 50,000 small files, and synchronous reads take a fifth of the time of asynchronous ones. */
export function openFolder(folder: string): OpenBundle {
  const { objects, issues, add, issue, endsAt } = createObjectIndex<true>();
  for (const found of filesBelow(folder)) {
    if (found.issue === undefined) add(found.name, true);
    else issue(found.name, found.issue);
    if (endsAt(found.name)) break;
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

/** A file may have been exchanged since its folder was read: neither a link nor a pipe is followed, and a pipe is not waited for. */
function readObject(path: string): Buffer {
  const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stat = fstatSync(file);
    if (!stat.isFile()) throw new TypeError("it is not a file");
    if (stat.size > MAX_OBJECT_BYTES) throw new RangeError(`${stat.size} bytes are too many for an object`);
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

interface Found {
  readonly name: string;
  /** Absent for a file. */
  readonly issue?: string;
}

/** An empty folder is an issue too: no program that copies objects makes one, and an object may have been in it or in its place. */
function* filesBelow(folder: string, prefix = ""): Generator<Found> {
  const entries = readdirSync(join(folder, prefix), { withFileTypes: true, encoding: "buffer" });
  if (entries.length === 0 && prefix !== "") yield { name: prefix, issue: "is an empty folder" };
  for (const entry of entries) {
    const name = `${prefix}${entry.name}`;
    if (!isUtf8(entry.name)) yield { name, issue: "has a name that is not UTF-8" };
    else if (entry.isDirectory()) yield* filesBelow(folder, `${name}/`);
    else if (entry.isFile()) yield { name };
    else yield { name, issue: "is neither a file nor a folder, and is not followed" };
  }
}
