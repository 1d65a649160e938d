/** Rules that hold for the objects of a folder and of a tar: their names, their order and their size. */
import type { Bundle } from "../../lib/archive/bundle.ts";

export interface OpenBundle extends Bundle {
  close(): Promise<void>;
}

/** Far above any object that an audit stores. A larger one is not read into memory. */
export const MAX_OBJECT_BYTES = 256 * 1024 * 1024;

/** Sorted like S3's keys. Names that audits write are ASCII, so the order of UTF-16 units is the order of bytes. */
export async function* namesOf(objects: ReadonlyMap<string, unknown>, prefix = ""): AsyncGenerator<string> {
  for (const name of [...objects.keys()].sort()) if (name.startsWith(prefix)) yield name;
}

/** Checks a name from a tar or an untrusted manifest before it becomes a path. @returns what is wrong; undefined if nothing is. */
export function objectNameIssue(name: string): string | undefined {
  if (name === "") return "has no name";
  if (name.length > 1_024) return "has a name of more than 1,024 characters"; // S3's limit for a key
  if (name.startsWith("/") || /^[A-Za-z]:/.test(name)) return "has an absolute name";
  if (/[\\\0]/.test(name)) return "has a backslash or a NUL in its name";
  if (name.split("/").some((part) => part === "" || part === "." || part === ".."))
    return "has a name that leads elsewhere";
  return undefined;
}
