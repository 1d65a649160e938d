/** Rules that hold for the objects of a folder and of a tar: their names, their order, their size and their number. */
import type { Bundle, BundleIssue } from "../../lib/archive/bundle.ts";

export interface OpenBundle extends Bundle {
  close(): Promise<void>;
}

/** Far above any object that an audit stores. A larger one is not read into memory. */
export const MAX_OBJECT_BYTES = 256 * 1024 * 1024;

/** Thirteen years of hourly audits of a dozen domains. */
const MAX_OBJECTS = 2_000_000;

/** One is enough to know that a bundle is not as it was written. */
const MAX_ISSUES = 100;

export type ObjectIndex<Place> = ReturnType<typeof createObjectIndex<Place>>;

/** Collects the objects of a bundle by name, and issues for everything else. */
export function createObjectIndex<Place>(limits = { objects: MAX_OBJECTS, issues: MAX_ISSUES }) {
  const objects = new Map<string, Place>();
  const issues: BundleIssue[] = [];
  const issue = (object: string, message: string): void => void issues.push({ object, message });
  return {
    objects: objects as ReadonlyMap<string, Place>,
    issues: issues as readonly BundleIssue[],
    issue,
    add(name: string, place: Place): void {
      const message = objects.has(name) ? "occurs twice" : objectNameIssue(name);
      if (message === undefined) objects.set(name, place);
      else issue(name, message);
    },
    /** @returns true, and adds an issue, if nothing more is to be read. */
    endsAt(place: string): boolean {
      const isOver = objects.size >= limits.objects || issues.length >= limits.issues;
      if (isOver) issue(place, "the rest is not read: there are too many objects, or too many faults before it");
      return isOver;
    },
  };
}

/** Sorted like S3's keys. Names that audits write are ASCII, so the order of UTF-16 units is the order of bytes. */
export async function* namesOf(objects: ReadonlyMap<string, unknown>, prefix = ""): AsyncGenerator<string> {
  for (const name of [...objects.keys()].sort()) if (name.startsWith(prefix)) yield name;
}

/** Checks a name from a tar or an untrusted manifest before it becomes a path. @returns what is wrong; undefined if nothing is. */
export function objectNameIssue(name: string): string | undefined {
  if (name === "") return "has no name";
  if (!name.isWellFormed()) return "has a name that is not Unicode text";
  if (Buffer.byteLength(name) > 1_024) return "has a name of more than 1,024 bytes"; // S3's limit for a key
  if (name.startsWith("/") || /^[A-Za-z]:/.test(name)) return "has an absolute name";
  if (/[\\\0]/.test(name)) return "has a backslash or a NUL in its name";
  if (name.split("/").some((part) => part === "" || part === "." || part === ".."))
    return "has a name that leads elsewhere";
  return undefined;
}
