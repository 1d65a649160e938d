/** Writes and reads gzipped NDJSON line by line, so that memory holds only the compressed bytes of a list of any length. */
import { createGunzip, createGzip } from "node:zlib";
import { OffairError } from "../core/errors.ts";

/** Lines are given to gzip in pieces of about this length, because each write costs a turn of the event loop. */
const PIECE_LENGTH = 64 * 1_024;

/** A ledger item has at most 400 KB, and JSON may encode one byte in six characters. A longer line can only be an attack on memory. */
const MAX_LINE_LENGTH = 4 * 1_024 * 1_024;

/** Deterministic: the gzip header contains no time and no name, so the same lines give the same bytes. */
export async function packLines(
  values: AsyncIterable<unknown> | Iterable<unknown>,
): Promise<{ readonly bytes: Buffer; readonly count: number }> {
  const gzip = createGzip();
  const packed: Buffer[] = [];
  const done = new Promise<void>((resolve, reject) => {
    gzip.on("data", (piece: Buffer) => packed.push(piece));
    gzip.on("end", resolve);
    gzip.on("error", reject);
  });
  let count = 0;
  let piece = "";
  const write = () => new Promise<void>((resolve) => gzip.write(piece, () => resolve()));
  try {
    for await (const value of values) {
      count += 1;
      piece += `${JSON.stringify(value)}\n`;
      if (piece.length < PIECE_LENGTH) continue;
      await write();
      piece = "";
    }
  } catch (failure) {
    gzip.destroy();
    throw failure;
  }
  gzip.end(piece);
  await done;
  return { bytes: Buffer.concat(packed), count };
}

/** @throws OffairError `ERR_ARCHIVE` if the bytes are not gzipped NDJSON, or `parse` rejects a line. */
export async function* readLines<T>(bytes: Uint8Array, parse: (line: unknown) => T): AsyncGenerator<T> {
  const gunzip = createGunzip();
  const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  gunzip.end(bytes);
  try {
    let rest = "";
    for await (const piece of gunzip) {
      // Only the new text is searched: the rest, which may have megabytes, would be searched again for each piece.
      const [first = "", ...more] = utf8.decode(piece, { stream: true }).split("\n");
      rest += first;
      for (const next of more) {
        yield parse(JSON.parse(rest)); // an empty line is no JSON: gigabytes of them have a short gzip
        rest = next;
      }
      if (rest.length > MAX_LINE_LENGTH)
        throw new OffairError("ERR_ARCHIVE", "a stored object has a line that is too long");
    }
    rest += utf8.decode(); // throws if the last character is incomplete
    if (rest !== "") throw new OffairError("ERR_ARCHIVE", "a stored object ends in the middle of a line");
  } catch (cause) {
    throw new OffairError("ERR_ARCHIVE", "a stored object cannot be read", { cause });
  }
}
