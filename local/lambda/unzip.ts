/** Unpacks a function's zip, so that the local stack runs exactly the files that a deployment uploads. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import { inflateRawSync } from "node:zlib";

const END_OF_DIRECTORY = 0x06054b50;
const DEFLATED = 8;

/** APPNOTE.TXT 4.3: stored and deflated entries. ZIP64, encryption and comments are not supported, because packaging writes none of them. */
export async function unzip(zipPath: string, directory: string): Promise<void> {
  const zip = await readFile(zipPath);
  const end = zip.length - 22;
  if (end < 0 || zip.readUInt32LE(end) !== END_OF_DIRECTORY)
    throw new Error(`${zipPath} is not a zip file in the format of packaging`);
  let entry = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left -= 1) {
    const method = zip.readUInt16LE(entry + 10);
    const packedBytes = zip.readUInt32LE(entry + 20);
    const nameLength = zip.readUInt16LE(entry + 28);
    const header = zip.readUInt32LE(entry + 42);
    const name = zip.toString("utf8", entry + 46, entry + 46 + nameLength);
    // The local header repeats the name, and its extra fields may differ from those of the directory.
    const start = header + 30 + zip.readUInt16LE(header + 26) + zip.readUInt16LE(header + 28);
    const packed = zip.subarray(start, start + packedBytes);
    await writeEntry(directory, name, method === DEFLATED ? inflateRawSync(packed) : packed);
    entry += 46 + nameLength + zip.readUInt16LE(entry + 30) + zip.readUInt16LE(entry + 32);
  }
}

async function writeEntry(directory: string, name: string, content: Uint8Array): Promise<void> {
  if (name.endsWith("/")) return;
  const path = join(directory, name);
  if (!resolve(path).startsWith(resolve(directory) + sep))
    throw new Error(`${name} would be written outside the package`);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}
