/** A bundle of evidence as somebody hands it over: a folder, or a tar of one. Only read, never unpacked. */
import { stat } from "node:fs/promises";
import { OffairError } from "../../lib/core/errors.ts";
import type { OpenBundle } from "./bundle-objects.ts";
import { openFolder } from "./folder-bundle.ts";
import { openTar } from "./tar-bundle.ts";

/** @throws OffairError `ERR_ARCHIVE` for a path that is neither. */
export async function openBundle(path: string): Promise<OpenBundle> {
  const found = await stat(path).catch((cause) => {
    throw new OffairError("ERR_ARCHIVE", `${path} cannot be opened`, { cause });
  });
  if (found.isDirectory()) return openFolder(path);
  if (found.isFile()) return openTar(path);
  throw new OffairError("ERR_ARCHIVE", `${path} is neither a folder nor a tar`);
}
