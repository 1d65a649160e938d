/** Writes the files of `offair statements` into a folder, and reads the receipts of earlier submissions in it. */
import { appendFile, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { sha256Hex } from "../../lib/core/sha256.ts";
import type { Month } from "../../lib/statements/month.ts";
import type { FullSettings } from "../../lib/statements/settings.ts";
import { InputError, propertyOf } from "../terminal/errors.ts";

export type Target = "sandbox" | "production";

const receiptSchema = z.object({
  puid: z.string(),
  /** SHA-256 of the statement as JSON: another text of the same action has another one. */
  sha256: z.string(),
  at: z.string(),
  /** Of the database. A receipt of another database, sent to by mistake, shows nothing of this one. */
  host: z.string(),
  /** `created`: the database has answered 201. `existing`: it already had a statement with this puid. */
  result: z.enum(["created", "existing"]),
  uuid: z.string().optional(),
});
export type Receipt = z.infer<typeof receiptSchema>;

export const statementSha256 = (statement: Month["statements"][number]): string => sha256Hex(JSON.stringify(statement));

export const FILES = {
  statements: "statements.ndjson",
  broadcasters: "broadcasters.ndjson",
  incomplete: "incomplete.json",
  leftOut: "left-out.json",
  corrections: "corrections.json",
  settings: "settings.json",
} as const;

const lines = (rows: readonly unknown[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join("");
const list = (rows: readonly unknown[]): string => `${JSON.stringify(rows, null, 2)}\n`;

/** @throws InputError if the folder cannot be written. Each file is replaced as a whole. */
export async function writeMonth(folder: string, month: Month, settings: FullSettings): Promise<void> {
  const { statements, broadcasters, incomplete, leftOut, corrections } = month;
  const texts = {
    [FILES.statements]: lines(statements),
    [FILES.broadcasters]: lines(broadcasters),
    [FILES.incomplete]: list(incomplete),
    [FILES.leftOut]: list(leftOut),
    [FILES.corrections]: list(corrections),
    [FILES.settings]: `${JSON.stringify(settings, null, 2)}\n`,
  };
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for (const [name, text] of Object.entries(texts)) {
      await writeFile(join(folder, `.${name}`), text, { mode: 0o600 });
      await rename(join(folder, `.${name}`), join(folder, name));
    }
  } catch (cause) {
    throw new InputError(`${folder} cannot be written: ${String(propertyOf(cause, "code"))}`, { cause });
  }
}

const receiptsName = (target: Target): string => `receipts-${target}.ndjson`;

/** By puid: the newest receipt of each statement. A last line that is cut off, by a crash, does not count. */
export async function readReceipts(folder: string, target: Target): Promise<Map<string, Receipt>> {
  const path = join(folder, receiptsName(target));
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    if (propertyOf(cause, "code") === "ENOENT") return "";
    throw new InputError(`${path} cannot be read: ${String(propertyOf(cause, "code"))}`, { cause });
  });
  const receipts = new Map<string, Receipt>();
  const whole = text.split("\n").slice(0, -1);
  for (const [index, line] of whole.entries()) {
    const receipt = parsed(line);
    // What follows a line that was cut off by a crash begins on the same line.
    if (receipt) receipts.set(receipt.puid, receipt);
    else if (line !== "" && !line.startsWith("{")) throw new InputError(`${path}:${index + 1} is not a receipt`);
  }
  return receipts;
}

function parsed(line: string): Receipt | undefined {
  try {
    return receiptSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

/** On disk before the next batch is sent. A line break first, in case the line before was cut off. */
export const addReceipts = (folder: string, target: Target, receipts: readonly Receipt[]): Promise<void> =>
  appendFile(join(folder, receiptsName(target)), `\n${lines(receipts)}`, { mode: 0o600, flush: true });
