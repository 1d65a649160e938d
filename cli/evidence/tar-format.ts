/**
 * Writes and reads the one form of tar that `offair export` uses: POSIX ustar, regular files only, with one pax record for a name of more
 * than 100 bytes. A tar has many spellings of the same entry, and programs disagree about some of them. So an entry is read only if its
 * head has exactly the bytes that would be written for its name and size, like the envelope of a chain entry.
 *
 * @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html
 */
import { once } from "node:events";
import type { Writable } from "node:stream";

export const BLOCK = 512;

/** Rounds a length up to whole blocks. */
export const padded = (size: number): number => Math.ceil(size / BLOCK) * BLOCK;

/** Two blocks of zeros, and nothing after them. */
export const END = Buffer.alloc(2 * BLOCK);

export interface TarHeader {
  readonly name: string;
  readonly size: number;
  /** `0` a file, `x` pax records for the next entry. */
  readonly type: string;
}

/** Deterministic: no time and no owner, mode 644, so the same objects give the same tar. */
export function encodeHeader({ name, size, type }: TarHeader): Buffer {
  const header = Buffer.alloc(BLOCK);
  header.write(name, 0, 100, "utf8");
  header.write("0000644\0" + "0000000\0" + "0000000\0", 100, "latin1");
  header.write(`${size.toString(8).padStart(11, "0")}\0${"0".repeat(11)}\0`, 124, "latin1");
  header.write(type, 156, "latin1");
  header.write("ustar\x0000", 257, "latin1");
  header.write(`${checksum(header).toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return header;
}

/** The sum of all bytes of the header, with the checksum field counted as blanks. */
function checksum(block: Uint8Array): number {
  let sum = 8 * 0x20;
  for (let at = 0; at < BLOCK; at++) if (at < 148 || at >= 156) sum += block[at] ?? 0;
  return sum;
}

/** Encodes `<length> <key>=<value>\n`; the length includes its own digits. */
export function encodePax(key: string, value: string): Buffer {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + 1;
  while (String(length).length + rest !== length) length += 1;
  return Buffer.from(`${length} ${key}=${value}\n`);
}

/** Encodes everything before the bytes of an object. */
export function encodeHead(name: string, size: number): Buffer {
  if (Buffer.byteLength(name) <= 100) return encodeHeader({ name, size, type: "0" });
  const records = encodePax("path", name);
  return Buffer.concat([
    encodeHeader({ name: "pax", size: records.length, type: "x" }),
    pad(records),
    encodeHeader({ name: name.slice(-50), size, type: "0" }),
  ]);
}

/** Longer than the head of an object with the longest name, 1,024 bytes. */
export const MAX_HEAD_BYTES = 6 * BLOCK;

export interface TarHead {
  readonly name: string;
  readonly size: number;
  /** Length of the head itself. */
  readonly length: number;
}

/** @returns undefined unless the bytes begin with exactly what `encodeHead` writes. */
export function decodeHead(bytes: Buffer): TarHead | undefined {
  const records = bytes[156] === 0x78 ? sizeIn(bytes) : 0; // "x"
  const header = bytes.subarray(records === 0 ? 0 : BLOCK + padded(records));
  const size = sizeIn(header);
  const record = bytes.toString("utf8", BLOCK, BLOCK + records);
  const name = records === 0 ? textOf(bytes.subarray(0, 100)) : record.slice(record.indexOf("=") + 1, -1);
  const head = encodeHead(name, size);
  return head.equals(bytes.subarray(0, head.length)) ? { name, size, length: head.length } : undefined;
}

/** Returns 0 for a field in any other spelling: the comparison of the whole head then fails. */
const sizeIn = (header: Buffer): number => {
  const digits = header.toString("latin1", 124, 135);
  return /^[0-7]{11}$/.test(digits) ? Number.parseInt(digits, 8) : 0;
};

const textOf = (field: Buffer): string => {
  const end = field.indexOf(0);
  return field.toString("utf8", 0, end === -1 ? field.length : end);
};

/** Whether the block is the header of any tar, in any spelling. */
export const isTarHeader = (block: Buffer): boolean =>
  block.length === BLOCK &&
  (block.toString("latin1", 257, 262) === "ustar" ||
    Number.parseInt(block.toString("latin1", 148, 156), 8) === checksum(block));

const TYPES: Readonly<Record<string, string>> = {
  "1": "a hard link",
  "2": "a symbolic link",
  "3": "a device",
  "4": "a device",
  "5": "a folder",
  "6": "a pipe",
  K: "a long name in GNU's form",
  L: "a long name in GNU's form",
  S: "a sparse file",
  g: "pax records for all entries that follow",
  x: "pax records other than one path of more than 100 bytes for the entry that follows",
};

/** Describes, for people, a header that `decodeHead` does not accept. */
export function foreignHeader(block: Buffer): string {
  const type = block.toString("latin1", 156, 157);
  return `${TYPES[type] ?? "an entry in another encoding"} (${JSON.stringify(textOf(block.subarray(0, 100)))})`;
}

export interface TarEntry {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Writes one object at a time, and leaves the stream open. */
export async function writeTar(objects: Iterable<TarEntry> | AsyncIterable<TarEntry>, out: Writable): Promise<void> {
  for await (const { name, bytes } of objects) {
    await write(out, Buffer.concat([encodeHead(name, bytes.length), pad(bytes)]));
  }
  await write(out, END);
}

const pad = (bytes: Uint8Array): Buffer => Buffer.concat([bytes], padded(bytes.length));

async function write(out: Writable, bytes: Buffer): Promise<void> {
  if (!out.write(bytes)) await once(out, "drain");
}
