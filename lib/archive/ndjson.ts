/** Gzipped lines of JSON, written and read one at a time: a list of any length takes the memory of what it is compressed. */
import { createGunzip, createGzip } from "node:zlib";
import { OffairError } from "../core/errors.ts";

/** Handed over in pieces of about this length, for each piece costs a turn of the event loop. */
const PIECE_LENGTH = 64 * 1_024;

/** An item of the ledger has at most 400 KB, and JSON may spell a byte in six. A longer line is packed to fill the memory. */
const MAX_LINE_LENGTH = 4 * 1_024 * 1_024;

/** No clock and no name in the gzip header: the same lines are the same bytes. */
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

/** @throws OffairError `ERR_ARCHIVE` where the bytes are no such lines, or `parse` does not take one. */
export async function* readLines<T>(bytes: Uint8Array, parse: (line: unknown) => T): AsyncGenerator<T> {
  const gunzip = createGunzip();
  gunzip.setEncoding("utf8");
  gunzip.end(bytes);
  try {
    let rest = "";
    for await (const piece of gunzip) {
      const lines = (rest + piece).split("\n");
      rest = lines.pop() ?? "";
      if (rest.length > MAX_LINE_LENGTH) throw new OffairError("ERR_ARCHIVE", "a stored object has no ends of lines");
      for (const line of lines) if (line !== "") yield parse(JSON.parse(line));
    }
    if (rest !== "") throw new OffairError("ERR_ARCHIVE", "a stored object ends in the middle of a line");
  } catch (cause) {
    throw new OffairError("ERR_ARCHIVE", "a stored object cannot be read", { cause });
  }
}
