/** A bundle of evidence as somebody hands it over: a folder, or a tar of one. Only read, never unpacked. */
import { stat } from "node:fs/promises";
import type { Bundle } from "../../lib/archive/bundle.ts";
import { OffairError } from "../../lib/core/errors.ts";
import { openFolder } from "./folder-bundle.ts";
import { openTar } from "./tar-bundle.ts";

export interface OpenBundle extends Bundle {
  close(): Promise<void>;
}

/** @throws OffairError `ERR_ARCHIVE` for a path that is neither. */
export async function openBundle(path: string): Promise<OpenBundle> {
  const found = await stat(path).catch((cause) => {
    throw new OffairError("ERR_ARCHIVE", `${path} cannot be opened`, { cause });
  });
  if (found.isDirectory()) return openFolder(path);
  if (found.isFile()) return openTar(path);
  throw new OffairError("ERR_ARCHIVE", `${path} is neither a folder nor a tar`);
}

/** Nothing that an audit stores comes near: what does is none of its objects, and is not taken into memory. */
export const MAX_OBJECT_BYTES = 256 * 1024 * 1024;

/** In the order of S3's keys: names that audits write are ASCII. */
export async function* namesOf(objects: ReadonlyMap<string, unknown>, prefix = ""): AsyncGenerator<string> {
  for (const name of [...objects.keys()].sort()) if (name.startsWith(prefix)) yield name;
}
