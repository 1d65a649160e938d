/** Writes the account of a deployment into the stage file, so that the next deployment notices the credentials of another account. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument, Scalar } from "yaml";

/** Keeps comments and order. @returns false if the file has this account already. */
export function rememberAccount(folder: string, stage: string, account: string): boolean {
  const path = join(folder, `${stage}.yml`);
  const document = parseDocument(readFileSync(path, "utf8"));
  if (document.get("account") === account) return false;
  const value = new Scalar(account);
  value.type = "QUOTE_DOUBLE"; // a number would lose its leading zeros
  document.set("account", value);
  writeFileSync(path, document.toString({ lineWidth: 0 }));
  return true;
}
