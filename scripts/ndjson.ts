/** Reads and writes newline-delimited JSON files of any size. Keeps one line in memory, and limits its length, because files are untrusted. */
import { createReadStream, createWriteStream, openSync, renameSync, rmSync } from "node:fs";
import { pipeline } from "node:stream/promises";
import { isNativeError } from "node:util/types";
import { createGunzip, createGzip } from "node:zlib";
import { decodeUtf8 } from "../lib/core/utf8.ts";

/** An item of the ledger has at most 400 KiB; as escaped JSON a few times that. */
const MAX_LINE_BYTES = 4 * 1024 * 1024;

/** Names the file, the line if known, and the problem; never quotes the content. */
export class NdjsonError extends Error {
  override readonly name = "NdjsonError";
}

const isGzip = (file: string): boolean => file.endsWith(".gz");

/** Yields each line with its number, from 1. Skips blank lines. @throws NdjsonError */
export async function* readNdjson(file: string): AsyncGenerator<{ line: number; json: unknown }> {
  let line = 0;
  for await (const bytes of lines(file)) {
    line++;
    if (bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d)) continue;
    yield { line, json: parse(bytes, `${file}:${line}`) };
  }
}

function parse(bytes: Uint8Array, place: string): unknown {
  const { text, issue } = decodeUtf8(bytes);
  if (text === undefined) throw new NdjsonError(`${place}: ${issue}`);
  try {
    return JSON.parse(text);
  } catch {
    throw new NdjsonError(`${place}: is not JSON`); // no cause: the parser's message quotes the text
  }
}

async function* lines(file: string): AsyncGenerator<Uint8Array> {
  let rest: Buffer[] = [];
  let restBytes = 0;
  let line = 1;
  for await (const chunk of chunks(file)) {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      yield rest.length === 0 ? chunk.subarray(start, end) : Buffer.concat([...rest, chunk.subarray(start, end)]);
      line++;
      start = end + 1;
      rest = [];
      restBytes = 0;
    }
    rest.push(chunk.subarray(start));
    restBytes += chunk.length - start;
    if (restBytes > MAX_LINE_BYTES) throw new NdjsonError(`${file}:${line}: is longer than any record`);
  }
  if (restBytes > 0) yield Buffer.concat(rest);
}

async function* chunks(file: string): AsyncGenerator<Buffer> {
  try {
    const bytes = createReadStream(file);
    if (!isGzip(file)) return yield* bytes;
    const plain = createGunzip();
    bytes.on("error", (error) => plain.destroy(error));
    yield* bytes.pipe(plain);
  } catch (cause) {
    throw new NdjsonError(`cannot read ${file}: ${reasonOf(cause)}`, { cause });
  }
}

/**
 * Writes a file that only its owner can read, gzipped if its name ends in `.gz`. The name appears only when the file is complete.
 *
 * @throws NdjsonError if it cannot be written; errors of `values`.
 */
export const writeNdjson = (values: AsyncIterable<unknown>, file: string): Promise<void> =>
  store(file, async function* () {
    for await (const value of values) yield `${JSON.stringify(value)}\n`;
  });

/** Copies a stream that can be read only once into a file. @throws NdjsonError */
export const spool = (from: AsyncIterable<Uint8Array>, fromName: string, file: string): Promise<void> =>
  store(file, async function* () {
    try {
      yield* from;
    } catch (cause) {
      throw new NdjsonError(`cannot read ${fromName}: ${reasonOf(cause)}`, { cause });
    }
  });

async function store(file: string, content: () => AsyncIterable<string | Uint8Array>): Promise<void> {
  let failure: unknown; // an error of `content`, which is passed on unchanged
  async function* watched() {
    try {
      yield* content();
    } catch (error) {
      failure = error;
      throw error;
    }
  }
  const partial = `${file}.partial`;
  try {
    const to = createWriteStream(partial, { fd: openSync(partial, "w", 0o600) }); // opened later it would outlive its removal
    await (isGzip(file) ? pipeline(watched, createGzip(), to) : pipeline(watched, to));
    renameSync(partial, file);
  } catch (cause) {
    rmSync(partial, { force: true });
    if (failure !== undefined) throw failure;
    throw new NdjsonError(`cannot write ${file}: ${reasonOf(cause)}`, { cause });
  }
}

/** The system's error code (`ENOENT`), or zlib's message, which is a fixed text. */
function reasonOf(error: unknown): string {
  if (!isNativeError(error)) return "unknown error";
  const code = "code" in error ? String(error.code) : "";
  return code.startsWith("Z_") ? error.message : code || error.name;
}
