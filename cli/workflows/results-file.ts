/** Writes results as NDJSON, one stream per line. `offair plan` reads such a file as a list of streams. */
import { accessSync, constants, existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { visibleJson } from "../../lib/core/escape-invisible.ts";
import type { Result } from "../../lib/operator/contract/response-schema.ts";
import { FailedError, InputError, propertyOf } from "../terminal/errors.ts";

/** Puts the names at the top level, where a list of streams has them. */
export const resultRow = ({ stream: { domain, app, stream }, ...rest }: Result) => ({
  type: "result",
  domain,
  app,
  stream,
  ...rest,
});

/** Called before any request, because a result that cannot be saved would be noticed too late. @throws InputError */
export function expectFreePlace(file: string | undefined): void {
  if (file === undefined) return;
  if (existsSync(file)) throw new InputError(`${file} exists already`);
  try {
    accessSync(dirname(file), constants.W_OK);
  } catch (cause) {
    throw new InputError(`cannot write ${file}: ${String(propertyOf(cause, "code"))}`, { cause });
  }
}

/**
 * Readable by the owner only, because it has names of streams and accusations. Removes an incomplete file, which could be taken for a
 * complete one.
 *
 * @param instead - what to do if the file cannot be written; the action itself is done by then.
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
