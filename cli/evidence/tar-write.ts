/** A tar of objects as they are stored. */
import { once } from "node:events";
import type { Writable } from "node:stream";
import { OffairError } from "../../lib/core/errors.ts";
import { BLOCK, encodeHeader, padded, spellPax } from "./tar-format.ts";

/**
 * One object at a time; the stream is left open.
 *
 * @throws OffairError `ERR_ARCHIVE` for a name that cannot be read.
 */
export async function writeTar(
  names: Iterable<string> | AsyncIterable<string>,
  read: (name: string) => Promise<Uint8Array | undefined>,
  out: Writable,
): Promise<void> {
  for await (const name of names) {
    const bytes = await read(name);
    if (!bytes) throw new OffairError("ERR_ARCHIVE", `the object ${name} is not there`);
    await write(out, entry(name, bytes));
  }
  await write(out, Buffer.alloc(2 * BLOCK)); // the end of a tar
}

function entry(name: string, bytes: Uint8Array): Buffer {
  const fits = Buffer.byteLength(name) <= 100;
  const records = fits ? undefined : spellPax("path", name);
  return Buffer.concat([
    ...(records ? [encodeHeader({ name: "pax", size: records.length, type: "x" }), fill(records)] : []),
    encodeHeader({ name: fits ? name : name.slice(-50), size: bytes.length, type: "0" }),
    fill(bytes),
  ]);
}

const fill = (bytes: Uint8Array): Buffer => Buffer.concat([bytes], padded(bytes.length));

async function write(out: Writable, bytes: Buffer): Promise<void> {
  if (!out.write(bytes)) await once(out, "drain");
}
