/** The files of the page. In the bundled command, build/command-plugins.ts replaces this module by one that holds their text. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { FailedError } from "../terminal/errors.ts";

const NAMES = ["index.html", "console.js", "console.css"] as const;
export type Assets = Readonly<Record<(typeof NAMES)[number], string>>;

/** @throws FailedError if the page is not built. */
export function readAssets(folder = join(import.meta.dirname, "../../dist/console")): Assets {
  try {
    const [index, script, style] = NAMES.map((name) => readFileSync(join(folder, name), "utf8"));
    return { "index.html": index ?? "", "console.js": script ?? "", "console.css": style ?? "" };
  } catch (cause) {
    throw new FailedError("the page of the console is not built: run npm run build", { cause });
  }
}
