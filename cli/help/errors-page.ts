/** docs/errors.md. The bundle of the command contains its tables (build/command-plugins.ts). */
import { readFileSync } from "node:fs";
import { join } from "node:path";

export const ERRORS_PAGE: string = readFileSync(join(import.meta.dirname, "..", "..", "docs", "errors.md"), "utf8");
