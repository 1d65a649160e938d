/**
 * A tar of evidence: its headers are read once, its objects where they lie. What it holds besides files under plain names is told of,
 * and never followed.
 */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import type { BundleIssue } from "../../lib/archive/bundle.ts";
import { OffairError } from "../../lib/core/errors.ts";
import { MAX_OBJECT_BYTES, namesOf, type OpenBundle } from "./bundle-objects.ts";
import { objectNameIssue } from "./object-name.ts";
import { BLOCK, padded, parseHeader, parsePax, type TarHeader } from "./tar-format.ts";

interface Place {
  readonly offset: number;
  readonly size: number;
}

interface Index {
  readonly objects: Map<string, Place>;
  readonly issues: BundleIssue[];
}

/** More than any name needs. */
const MAX_EXTENDED_BYTES = 1024 * 1024;

/** @throws OffairError `ERR_ARCHIVE` for a file that is no tar. */
export function openTar(path: string): OpenBundle {
  const file = open(path);
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

function open(path: string): number {
  try {
    return openSync(path, "r");
  } catch (cause) {
    throw new OffairError("ERR_ARCHIVE", `${path} cannot be read`, { cause });
  }
}

function readAt(file: number, offset: number, size: number): Buffer {
  const bytes = Buffer.alloc(size);
  for (let at = 0; at < size; ) {
    const read = readSync(file, bytes, at, size - at, offset + at);
    if (read === 0) throw new OffairError("ERR_ARCHIVE", "the tar is shorter than it was");
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
      index.issues.push({ object: `byte ${at} of the tar`, message: "from here on it is broken or cut off" });
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
  if (at > 0) index.issues.push({ object: `byte ${at} of the tar`, message: "it is cut off before its end" });
  else throw new OffairError("ERR_ARCHIVE", "the file is no tar (a compressed one has to be decompressed first)");
  return index;
}

const isZero = (bytes: Buffer): boolean => bytes.every((byte) => byte === 0);

/** What comes after the end is read by some programs and not by others. */
function endAt(end: number, length: number, file: number, index: Index): Index {
  for (let at = end; at < length; at += BLOCK) {
    if (isZero(readAt(file, at, Math.min(BLOCK, length - at)))) continue;
    index.issues.push({ object: `byte ${at} of the tar`, message: "there are bytes after its end" });
    break;
  }
  return index;
}

/** pax, for the next entry or all; and GNU's way to spell a long name. */
const EXTENDED = new Set(["x", "g", "L"]);

/** A name for the next entry. Records that would change how the tar is read otherwise are told of: no two programs agree on them. */
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

/** GNU's sparse files have another name and length than their header says. */
const changesReading = (key: string): boolean =>
  key === "size" || key === "SCHILY.realsize" || key.startsWith("GNU.sparse.");

function addEntry({ name: stored, type }: TarHeader, place: Place, { objects, issues }: Index): void {
  if (type === "5" && place.size === 0) return; // a folder: only what lies in it matters
  const name = stored.replace(/^\.\//, ""); // tar -c .
  const issue =
    type !== "0" ? "is neither a file nor a folder" : objects.has(name) ? "is there twice" : objectNameIssue(name);
  if (issue === undefined) objects.set(name, place);
  else issues.push({ object: name, message: issue });
}
