/**
 * Reads a bundle from a tar without unpacking it: headers once, objects by their offset. Entries other than files with plain names are
 * reported as issues and never followed.
 */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import type { BundleIssue } from "../../lib/archive/bundle.ts";
import { OffairError } from "../../lib/core/errors.ts";
import { MAX_OBJECT_BYTES, namesOf, type OpenBundle, objectNameIssue } from "./bundle-objects.ts";
import { BLOCK, padded, parseHeader, parsePax, type TarHeader } from "./tar-format.ts";

interface Place {
  readonly offset: number;
  readonly size: number;
}

interface Index {
  readonly objects: Map<string, Place>;
  readonly issues: BundleIssue[];
}

/** Upper bound for an extended header, far above what a name needs. */
const MAX_EXTENDED_BYTES = 1024 * 1024;

/** @throws OffairError `ERR_ARCHIVE` if the file is not a tar. */
export function openTar(path: string): OpenBundle {
  const file = openSync(path, "r");
  try {
    const { objects, issues } = indexTar(file);
    return {
      issues,
      names: (prefix) => namesOf(objects, prefix),
      async read(name) {
        const place = objects.get(name);
        if (place && place.size > MAX_OBJECT_BYTES) throw new OffairError("ERR_ARCHIVE", `${name} is too large`);
        return place && readAt(file, place.offset, place.size);
      },
      close: async () => closeSync(file),
    };
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

function readAt(file: number, offset: number, size: number): Buffer {
  const bytes = Buffer.alloc(size);
  for (let at = 0; at < size; ) {
    const read = readSync(file, bytes, at, size - at, offset + at);
    if (read === 0) throw new OffairError("ERR_ARCHIVE", "the tar became shorter while it was read");
    at += read;
  }
  return bytes;
}

function indexTar(file: number): Index {
  const length = fstatSync(file).size;
  const index: Index = { objects: new Map(), issues: [] };
  let longName: string | undefined;
  let at = 0;
  while (at + BLOCK <= length) {
    const block = readAt(file, at, BLOCK);
    const header = parseHeader(block);
    if (!header && at === 0) break;
    if (!header && isZero(block)) return endAt(at, length, file, index);
    const place = { offset: at + BLOCK, size: header?.size ?? 0 };
    if (!header || place.offset + place.size > length) {
      index.issues.push({ object: `byte ${at} of the tar`, message: "the tar is broken or cut off from here on" });
      return index;
    }
    at = place.offset + padded(place.size);
    if (EXTENDED.has(header.type)) {
      longName = nameFrom(header, place, file, index) ?? longName;
    } else {
      addEntry({ ...header, name: longName ?? header.name }, place, index);
      longName = undefined;
    }
  }
  if (at > 0) index.issues.push({ object: `byte ${at} of the tar`, message: "the tar is cut off before its end" });
  else throw new OffairError("ERR_ARCHIVE", "the file is not a tar (decompress a compressed one first)");
  return index;
}

const isZero = (bytes: Buffer): boolean => bytes.every((byte) => byte === 0);

/** Reports bytes after the end of the tar: some programs read them, others do not. */
function endAt(end: number, length: number, file: number, index: Index): Index {
  for (let at = end; at < length; at += BLOCK) {
    if (isZero(readAt(file, at, Math.min(BLOCK, length - at)))) continue;
    index.issues.push({ object: `byte ${at} of the tar`, message: "there are bytes after the end of the tar" });
    break;
  }
  return index;
}

/** Types of extended headers: pax for the next entry (x) or for all (g), and GNU's long name (L). */
const EXTENDED = new Set(["x", "g", "L"]);

/**
 * Reads the next entry's name from an extended header. A record that would change how the tar is read in any other way is reported as an
 * issue, because programs interpret such records differently.
 */
function nameFrom(
  { type, name }: TarHeader,
  { offset, size }: Place,
  file: number,
  { issues }: Index,
): string | undefined {
  const bytes = size <= MAX_EXTENDED_BYTES ? readAt(file, offset, size) : undefined;
  if (bytes && type === "L") return bytes.toString("utf8").replace(/\0$/, "");
  const records = bytes && parsePax(bytes);
  if (!records || [...records.keys()].some(changesReading) || (type === "g" && records.has("path"))) {
    issues.push({ object: name, message: "is an extended header that is not followed" });
  }
  return type === "x" ? records?.get("path") : undefined;
}

/** GNU's sparse files have a different name and length than their header states. */
const changesReading = (key: string): boolean =>
  key === "size" || key === "SCHILY.realsize" || key.startsWith("GNU.sparse.");

function addEntry({ name: stored, type }: TarHeader, place: Place, { objects, issues }: Index): void {
  if (type === "5" && place.size === 0) return; // a folder has no content of its own
  const name = stored.replace(/^\.\//, ""); // tar -c .
  const issue =
    type !== "0" ? "is neither a file nor a folder" : objects.has(name) ? "occurs twice" : objectNameIssue(name);
  if (issue === undefined) objects.set(name, place);
  else issues.push({ object: name, message: issue });
}
