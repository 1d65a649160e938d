/**
 * Writes tars and parses their headers: POSIX ustar, with pax records for names of more than 100 bytes.
 *
 * @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html
 */
import { once } from "node:events";
import type { Writable } from "node:stream";

export const BLOCK = 512;

/** Rounds a length up to whole blocks. */
export const padded = (size: number): number => Math.ceil(size / BLOCK) * BLOCK;

export interface TarHeader {
  readonly name: string;
  readonly size: number;
  /** `0` a file, `5` a folder, `x` pax records for the next entry, `g` for all entries. */
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

/** @returns undefined if the block is not a header. */
export function parseHeader(block: Buffer): TarHeader | undefined {
  if (octal(block.subarray(148, 156)) !== checksum(block)) return undefined;
  const size = octal(block.subarray(124, 136));
  if (size === undefined) return undefined;
  const name = text(block.subarray(0, 100));
  const prefix = block.toString("latin1", 257, 263) === "ustar\0" ? text(block.subarray(345, 500)) : ""; // GNU stores times in this field
  const type = block.toString("latin1", 156, 157);
  return { name: prefix === "" ? name : `${prefix}/${name}`, size, type: type === "\0" ? "0" : type };
}

/** The sum of all bytes of the header, with the checksum field counted as blanks. */
function checksum(block: Buffer): number {
  let sum = 8 * 0x20;
  for (const [index, byte] of block.entries()) if (index < 148 || index >= 156) sum += byte;
  return sum;
}

/** Does not support GNU's base-256 sizes of more than 8 GB: no object is that large. */
function octal(field: Buffer): number | undefined {
  const digits = /^ *([0-7]+)[ \0]*$/.exec(field.toString("latin1"))?.[1];
  return digits === undefined ? undefined : Number.parseInt(digits, 8);
}

const text = (field: Buffer): string => {
  const end = field.indexOf(0);
  return field.toString("utf8", 0, end === -1 ? field.length : end);
};

/** Encodes `<length> <key>=<value>\n`; the length includes its own digits. */
export function encodePax(key: string, value: string): Buffer {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + 1;
  while (String(length).length + rest !== length) length += 1;
  return Buffer.from(`${length} ${key}=${value}\n`);
}

/** @returns undefined if the bytes are not pax records. */
export function parsePax(bytes: Buffer): ReadonlyMap<string, string> | undefined {
  const records = new Map<string, string>();
  for (let at = 0; at < bytes.length; ) {
    const length = Number(/^\d{1,7}(?= )/.exec(bytes.toString("latin1", at, at + 8))?.[0]);
    const record = /^\d+ ([^=]+)=(.*)\n$/s.exec(bytes.toString("utf8", at, at + length));
    if (!record || at + length > bytes.length) return undefined;
    const [, key = "", value = ""] = record;
    records.set(key, value);
    at += length;
  }
  return records;
}

export interface TarEntry {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Writes one object at a time, and leaves the stream open. */
export async function writeTar(objects: Iterable<TarEntry> | AsyncIterable<TarEntry>, out: Writable): Promise<void> {
  for await (const object of objects) await write(out, encodeEntry(object));
  await write(out, Buffer.alloc(2 * BLOCK)); // the end of a tar
}

function encodeEntry({ name, bytes }: TarEntry): Buffer {
  const fits = Buffer.byteLength(name) <= 100;
  const records = fits ? undefined : encodePax("path", name);
  return Buffer.concat([
    ...(records ? [encodeHeader({ name: "pax", size: records.length, type: "x" }), pad(records)] : []),
    encodeHeader({ name: fits ? name : name.slice(-50), size: bytes.length, type: "0" }),
    pad(bytes),
  ]);
}

const pad = (bytes: Uint8Array): Buffer => Buffer.concat([bytes], padded(bytes.length));

async function write(out: Writable, bytes: Buffer): Promise<void> {
  if (!out.write(bytes)) await once(out, "drain");
}
