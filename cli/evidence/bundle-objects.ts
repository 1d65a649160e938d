import type { Bundle } from "../../lib/archive/bundle.ts";

export interface OpenBundle extends Bundle {
  close(): Promise<void>;
}

/** Nothing that an audit stores comes near: what does is none of its objects, and is not taken into memory. */
export const MAX_OBJECT_BYTES = 256 * 1024 * 1024;

/** In the order of S3's keys: names that audits write are ASCII. */
export async function* namesOf(objects: ReadonlyMap<string, unknown>, prefix = ""): AsyncGenerator<string> {
  for (const name of [...objects.keys()].sort()) if (name.startsWith(prefix)) yield name;
}
