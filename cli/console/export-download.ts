/** Makes the tar of an export, and the path of its download. */
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ExportAnswer } from "../../console/http/protocol.ts";
import type { Bundle } from "../../lib/archive/bundle.ts";
import { MINUTE_MS } from "../../lib/core/time.ts";
import type { Span } from "../../lib/evidence/history/off-period.ts";
import { exportBundle } from "../evidence/export-bundle.ts";
import type { OncePaths } from "./once-paths.ts";

/** Longer than the path can be opened. */
const KEPT_MS = 2 * MINUTE_MS;

/**
 * The file names streams and accusations: only its owner can enter its folder, and it is removed before it is read, through its handle. Only
 * if the command is killed while it is written does it stay, as in an export to a folder.
 */
export async function exportDownload(bundle: Bundle, span: Span, once: OncePaths): Promise<ExportAnswer> {
  const folder = await mkdtemp(join(tmpdir(), "offair-export-"));
  try {
    const name = nameOf(span);
    const target = join(folder, name);
    const { copied, ...exported } = await exportBundle(bundle, span, target, () => {});
    const file = await open(target, "r");
    const { size } = await file.stat();
    const forget = setTimeout(() => void file.close(), KEPT_MS);
    forget.unref();
    const path = once.add(() => {
      clearTimeout(forget);
      return {
        ...{ status: 200, type: "application/x-tar", body: file.createReadStream() },
        headers: { "content-disposition": `attachment; filename="${name}"`, "content-length": String(size) },
      };
    });
    return { path, name, ...copied, ...exported };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function nameOf({ from, until }: Span): string {
  const last = new Date(until.getTime() - 1);
  return `offair-${[from, last].map((each) => each.toISOString().slice(0, 10)).join("-to-")}.tar`;
}
