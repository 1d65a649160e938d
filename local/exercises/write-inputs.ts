/** What a trial leaves behind, as files. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** A file a kind, one JSON object a line. */
export async function writeMaterial(material: object, directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  for (const [name, value] of Object.entries(material)) {
    const records: readonly unknown[] = Array.isArray(value) ? value : [value ?? null];
    const lines = records.map((record) => `${JSON.stringify(record)}\n`);
    await writeFile(join(directory, `${name}.ndjson`), lines.join(""));
  }
}
