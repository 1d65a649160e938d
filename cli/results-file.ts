/** What came of each stream, a JSON object a line: a list of streams again, for `offair plan`. */
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { visibleJson } from "../lib/visible.ts";
import { InputError, propertyOf } from "./command.ts";
import type { ShownResult } from "./operator-answer.ts";

/** Flat, so that the three names stand where a list of streams has them. */
export const resultRow = ({ stream: { domain, app, stream }, ...rest }: ShownResult) => ({
  ...{ type: "result", domain, app, stream },
  ...rest,
});

/** Looked at before anything is asked for: a result that cannot be kept is found too late. @throws InputError */
export function refuseToOverwrite(file: string | undefined): void {
  if (file !== undefined && existsSync(file)) throw new InputError(`${file} is there already`);
}

/** For its owner alone: it names streams, and what they are accused of. @throws InputError */
export async function writeLines(file: string, rows: readonly unknown[]): Promise<void> {
  const text = rows.map((row) => `${visibleJson(row)}\n`).join("");
  await writeFile(file, text, { mode: 0o600, flag: "wx" }).catch((cause: unknown) => {
    throw new InputError(`cannot write ${file}: ${String(propertyOf(cause, "code"))}`, { cause });
  });
}
