/**
 * Headers of tar: POSIX ustar, with pax records for names that do not fit.
 *
 * @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html
 */
export const BLOCK = 512;

/** Bytes of data, rounded up to whole blocks. */
export const padded = (size: number): number => Math.ceil(size / BLOCK) * BLOCK;

export interface TarHeader {
  readonly name: string;
  readonly size: number;
  /** `0` a file, `5` a folder, `x` pax records for the next entry, `g` for all of them. */
  readonly type: string;
}

/** Of files everybody may read, of no time and no owner: the same objects are the same tar. */
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

/** Undefined for a block that is no header. */
export function parseHeader(block: Buffer): TarHeader | undefined {
  if (octal(block.subarray(148, 156)) !== checksum(block)) return undefined;
  const size = octal(block.subarray(124, 136));
  if (size === undefined) return undefined;
  const name = text(block.subarray(0, 100));
  const prefix = block.toString("latin1", 257, 263) === "ustar\0" ? text(block.subarray(345, 500)) : ""; // GNU keeps times there
  const type = block.toString("latin1", 156, 157);
  return { name: prefix === "" ? name : `${prefix}/${name}`, size, type: type === "\0" ? "0" : type };
}

/** All bytes of the header, its own field taken for blanks. */
function checksum(block: Buffer): number {
  let sum = 8 * 0x20;
  for (const [index, byte] of block.entries()) if (index < 148 || index >= 156) sum += byte;
  return sum;
}

/** GNU's base-256 for more than 8 GB is no size of ours. */
function octal(field: Buffer): number | undefined {
  const digits = /^ *([0-7]+)[ \0]*$/.exec(field.toString("latin1"))?.[1];
  return digits === undefined ? undefined : Number.parseInt(digits, 8);
}

const text = (field: Buffer): string => {
  const end = field.indexOf(0);
  return field.toString("utf8", 0, end === -1 ? field.length : end);
};

/** `<length> <key>=<value>\n`, where the length counts itself. */
export function spellPax(key: string, value: string): Buffer {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + 1;
  while (String(length).length + rest !== length) length += 1;
  return Buffer.from(`${length} ${key}=${value}\n`);
}

/** Undefined for bytes that are no records. */
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
