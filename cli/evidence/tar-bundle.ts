/**
 * Reads a bundle from a tar without unpacking it: headers once, objects by their offset. It accepts what `offair export` writes and nothing
 * else. At the first entry in any other form it stops: other programs may read that entry, and what follows it, differently.
 */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { OffairError } from "../../lib/core/errors.ts";
import { createObjectIndex, MAX_OBJECT_BYTES, namesOf, type ObjectIndex, type OpenBundle } from "./bundle-objects.ts";
import { BLOCK, decodeHead, END, foreignHeader, isTarHeader, MAX_HEAD_BYTES, padded } from "./tar-format.ts";

interface Place {
  readonly offset: number;
  readonly size: number;
}

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

function indexTar(file: number): ObjectIndex<Place> {
  const index = createObjectIndex<Place>();
  const length = fstatSync(file).size;
  for (let [at, before] = [0, 0]; ; ) {
    const padding = padded(before) - before;
    const bytes = readAt(file, at, Math.min(padding + MAX_HEAD_BYTES, length - at));
    const rest = bytes.subarray(padding);
    const place = `byte ${at + padding} of the tar`;
    if (at === 0 && !isTarHeader(rest.subarray(0, BLOCK)))
      throw new OffairError("ERR_ARCHIVE", "the file is not a tar (decompress a compressed one first)");
    const head = isZero(bytes.subarray(0, padding)) ? decodeHead(rest) : undefined;
    if (!head) {
      const message = endIssue(bytes, padding);
      if (message !== undefined) index.issue(place, message);
      return index;
    }
    const offset = at + padding + head.length;
    if (offset + head.size > length) {
      index.issue(place, "the tar is cut off from here on");
      return index;
    }
    index.add(head.name, { offset, size: head.size });
    [at, before] = [offset + head.size, head.size];
    if (index.endsAt(`byte ${at} of the tar`)) return index;
  }
}

/** @param bytes - after the last object that was read. @returns undefined at the end of a tar: its last two blocks. */
function endIssue(bytes: Buffer, padding: number): string | undefined {
  const rest = bytes.subarray(padding);
  if (!isZero(bytes.subarray(0, padding))) return "the padding before it is not empty. The rest of the tar is not read";
  if (rest.equals(END)) return undefined;
  if (rest.length < BLOCK) return "the tar is cut off before its end";
  const block = rest.subarray(0, BLOCK);
  if (isZero(block)) return "the end of the tar is not two empty blocks with nothing after them";
  return `offair export writes no such entry: ${foreignHeader(block)}. The rest of the tar is not read. If another program made this tar, unpack it into a new folder and verify the folder`;
}

const isZero = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0);
