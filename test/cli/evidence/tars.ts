/** Bundles in a scratch folder that is new for each test. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { PassThrough } from "node:stream";
import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach } from "@jest/globals";
import type { OpenBundle } from "../../../cli/evidence/bundle-objects.ts";
import { BLOCK, writeTar } from "../../../cli/evidence/tar-format.ts";

export const LONG = `snapshots/domain=${"push.".repeat(14)}example.com/dt=2026-11-20/070000Z.ndjson.gz`;
export const objects = new Map<string, Buffer>([
  ["manifests/0000000001.json", Buffer.from("{}\n")],
  [LONG, Buffer.alloc(1_025, 7)],
  ["snapshots/empty.ndjson.gz", Buffer.alloc(0)],
  ["snapshots/full.ndjson.gz", Buffer.alloc(512, 1)],
]);

/** Call once at the top of a test file. */
export function useScratch() {
  let scratch: string;
  beforeEach(() => {
    scratch = mkdtempSync(join(tmpdir(), "offair-bundles-"));
  });
  afterEach(() => rmSync(scratch, { recursive: true, force: true }));
  return {
    inScratch: (name = ""): string => join(scratch, name),
    write(name: string, bytes: Uint8Array): string {
      const path = join(scratch, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, bytes);
      return path;
    },
  };
}

export async function tarOf(from: ReadonlyMap<string, Uint8Array>): Promise<Buffer> {
  const out = new PassThrough();
  const entries = [...from].map(([name, bytes]) => ({ name, bytes }));
  const written = writeTar(entries, out).then(() => out.end());
  const bytes = await buffer(out);
  await written;
  return bytes;
}

export async function contentOf(bundle: OpenBundle): Promise<Map<string, Buffer>> {
  const content = new Map<string, Buffer>();
  for await (const name of bundle.names()) content.set(name, Buffer.from((await bundle.read(name)) ?? "nothing"));
  await bundle.close();
  return content;
}

/** Writes the checksum of the header with which the bytes begin. @returns the same bytes. */
export function withChecksum(bytes: Buffer): Buffer {
  bytes.fill(" ", 148, 156);
  const sum = bytes.subarray(0, BLOCK).reduce((total, byte) => total + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return bytes;
}
