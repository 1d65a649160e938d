/** Copies objects byte for byte into a tar or a folder. The target gets its name only when it is complete. */
import { createWriteStream, existsSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { finished } from "node:stream/promises";
import { OffairError } from "../../lib/core/errors.ts";
import { InputError, propertyOf } from "../terminal/errors.ts";
import { ahead } from "../terminal/read-ahead.ts";
import { objectNameIssue } from "./bundle-objects.ts";
import { WIDTH } from "./chain-entries.ts";
import type { CheckedReader } from "./checked-reader.ts";
import type { SelectedObject } from "./export-selection.ts";
import { type TarEntry, writeTar } from "./tar-format.ts";

/**
 * A missing object is left out and becomes a gap. So is an object with an unsafe name: the names come from unverified manifests.
 *
 * @returns how many objects and bytes were copied.
 * @throws InputError if the target exists already or cannot be written.
 */
export async function copyTo(
  target: string,
  objects: readonly SelectedObject[],
  reader: CheckedReader,
  progress: (text: string) => void,
) {
  if (existsSync(target)) throw new InputError(`${target} exists already`);
  const partial = `${target.replace(/(?<!\/)\/+$/, "")}.partial`;
  if (existsSync(partial)) {
    throw new InputError(`${partial} exists already, from an export that runs or was stopped: remove it if none runs`);
  }
  const copied = { objects: 0, bytes: 0 };

  async function* fetched(): AsyncGenerator<TarEntry> {
    for await (const { name, bytes } of ahead(objects, WIDTH, (each) => fetch(each, reader))) {
      if (!bytes) continue;
      copied.objects += 1;
      copied.bytes += bytes.length;
      progress(`${copied.objects} of ${objects.length} objects`);
      yield { name, bytes };
    }
  }

  try {
    await (target.endsWith(".tar") ? toTar(partial, fetched()) : toFolder(partial, fetched()));
    await rename(partial, target);
    return copied;
  } catch (cause) {
    await rm(partial, { recursive: true, force: true });
    const code = propertyOf(cause, "code");
    if (cause instanceof OffairError || typeof code !== "string") throw cause;
    throw new InputError(`cannot write ${target}: ${code}`, { cause });
  }
}

async function fetch(selected: SelectedObject, reader: CheckedReader) {
  const { object: name } = selected;
  const issue = objectNameIssue(name);
  if (issue === undefined) return { name, bytes: await reader.bytes(selected) };
  reader.gap({ kind: "unreadable", object: name, message: `it ${issue}, and is left out` });
  return { name, bytes: undefined };
}

/** Readable by its owner only: the objects name streams and the accusations against them. */
async function toTar(file: string, objects: AsyncIterable<TarEntry>): Promise<void> {
  const out = createWriteStream(file, { mode: 0o600, flags: "wx" });
  const written = finished(out);
  written.catch(() => {}); // thrown below, or by the write that failed
  try {
    await writeTar(objects, out);
  } finally {
    out.end();
    await written;
  }
}

async function toFolder(folder: string, objects: AsyncIterable<TarEntry>): Promise<void> {
  await mkdir(folder, { mode: 0o700 });
  for await (const { name, bytes } of objects) {
    const file = join(folder, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, bytes, { mode: 0o600, flag: "wx" });
  }
}
