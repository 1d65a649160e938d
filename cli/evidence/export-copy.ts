/** Objects as they are stored, into a tar or a folder that is complete once it is there under its name. */
import { createWriteStream, existsSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { finished } from "node:stream/promises";
import { OffairError } from "../../lib/core/errors.ts";
import { InputError, propertyOf } from "../terminal/errors.ts";
import { ahead } from "../terminal/read-ahead.ts";
import { WIDTH } from "./chain-entries.ts";
import type { Evidence } from "./checked-reader.ts";
import type { Planned } from "./export-selection.ts";
import { objectNameIssue } from "./object-name.ts";
import { writeTar } from "./tar-write.ts";

export interface Copied {
  readonly objects: number;
  readonly bytes: number;
}

interface Fetched {
  readonly object: string;
  readonly bytes: Uint8Array;
}

/**
 * What is not there is left out, and is a gap of the evidence. The names come out of manifests that nobody has verified.
 *
 * @throws InputError where it cannot be written, or something is there already.
 */
export async function copyTo(
  target: string,
  objects: readonly Planned[],
  evidence: Evidence,
  progress: (text: string) => void,
): Promise<Copied> {
  if (existsSync(target)) throw new InputError(`${target} is there already`);
  const partial = `${target.replace(/\/+$/, "")}.partial`;
  if (existsSync(partial)) {
    throw new InputError(`${partial} is there already, of an export that runs or was stopped: remove it if none runs`);
  }
  const copied = { objects: 0, bytes: 0 };

  async function* fetched(): AsyncGenerator<Fetched> {
    for await (const { object, bytes } of ahead(objects, WIDTH, (each) => fetch(each, evidence))) {
      if (!bytes) continue;
      copied.objects += 1;
      copied.bytes += bytes.length;
      progress(`${copied.objects} of ${objects.length} objects`);
      yield { object, bytes };
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

async function fetch(planned: Planned, evidence: Evidence): Promise<{ object: string; bytes: Uint8Array | undefined }> {
  const { object } = planned;
  const issue = objectNameIssue(object);
  if (issue === undefined) return { object, bytes: await evidence.bytes(planned) };
  evidence.gap({ kind: "unreadable", object, message: `it ${issue}, and is left out` });
  return { object, bytes: undefined };
}

/** For their owner alone: they name streams and what they are accused of. */
async function toTar(file: string, objects: AsyncIterable<Fetched>): Promise<void> {
  const out = createWriteStream(file, { mode: 0o600, flags: "wx" });
  const written = finished(out);
  written.catch(() => {}); // told below, or by the write that met it
  const held = new Map<string, Uint8Array>();
  async function* names(): AsyncGenerator<string> {
    for await (const { object, bytes } of objects) {
      held.clear();
      held.set(object, bytes);
      yield object;
    }
  }
  try {
    await writeTar(names(), async (name) => held.get(name), out);
  } finally {
    out.end();
    await written;
  }
}

async function toFolder(folder: string, objects: AsyncIterable<Fetched>): Promise<void> {
  await mkdir(folder, { mode: 0o700 });
  for await (const { object, bytes } of objects) {
    const file = join(folder, object);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, bytes, { mode: 0o600, flag: "wx" });
  }
}
