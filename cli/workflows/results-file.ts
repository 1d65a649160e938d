/** What came of each stream, a JSON object a line: a list of streams again, for `offair plan`. */
import { accessSync, constants, existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { visibleJson } from "../../lib/core/escape-invisible.ts";
import type { ShownResult } from "../operator/response.ts";
import { FailedError, InputError, propertyOf } from "../terminal/errors.ts";

/** Flat, so that the three names stand where a list of streams has them. */
export const resultRow = ({ stream: { domain, app, stream }, ...rest }: ShownResult) => ({
  ...{ type: "result", domain, app, stream },
  ...rest,
});

/** Looked at before anything is asked for: a result that cannot be kept is found too late. @throws InputError */
export function expectFreePlace(file: string | undefined): void {
  if (file === undefined) return;
  if (existsSync(file)) throw new InputError(`${file} is there already`);
  try {
    accessSync(dirname(file), constants.W_OK);
  } catch (cause) {
    throw new InputError(`cannot write ${file}: ${String(propertyOf(cause, "code"))}`, { cause });
  }
}

/**
 * For its owner alone: it names streams, and what they are accused of. Half of it would pass for all of it, so there is none.
 *
 * @param instead - what to type where it cannot be written: what it tells of is done by then.
 * @throws FailedError
 */
export async function writeLines(file: string, rows: readonly unknown[], instead: string): Promise<void> {
  const text = rows.map((row) => `${visibleJson(row)}\n`).join("");
  await writeFile(file, text, { mode: 0o600, flag: "wx" }).catch(async (cause: unknown) => {
    const code = String(propertyOf(cause, "code"));
    if (code !== "EEXIST") await rm(file, { force: true });
    throw new FailedError(`cannot write ${file}: ${code}; ${instead}`, { cause });
  });
}
