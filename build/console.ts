/**
 * Bundles the page of `offair console`: index.html, console.js and console.css. The command in the clone reads them from dist/console; its
 * bundle holds their text (build/command-plugins.ts).
 *
 * Nothing is inline, because the page's content security policy allows no inline script and no inline style.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type BuildOptions, build, type Metafile } from "esbuild";
import { DARK, LIGHT, variables } from "../lib/core/palette.ts";

const ROOT = join(import.meta.dirname, "..");
const SOURCE = join(ROOT, "console");

export interface ConsolePage {
  /** The text of each file by its name. */
  readonly files: Readonly<Record<"index.html" | "console.js" | "console.css", string>>;
  /** Of the script. */
  readonly metafile: Metafile;
  /** Paths from the repository's root of every file that the page was made from. */
  readonly inputs: readonly string[];
}

const COMMON = {
  absWorkingDir: ROOT,
  bundle: true,
  write: false,
  minify: true,
  legalComments: "none", // licencesOf() has the whole texts
  metafile: true,
  logLevel: "silent", // the caller prints the error
  target: "es2022",
} as const satisfies BuildOptions;

/** @param outdir - if given, the files are written there. @throws esbuild's error */
export async function buildConsole({ outdir }: { readonly outdir?: string } = {}): Promise<ConsolePage> {
  const script = await build({
    ...COMMON,
    entryPoints: ["console/main.tsx"],
    outdir: "console",
    format: "esm",
    jsx: "automatic",
    jsxImportSource: "preact",
  });
  const sheets = readdirSync(join(SOURCE, "style")).filter((name) => name.endsWith(".css"));
  const imports = sheets.sort().map((name) => `@import url("./style/${name}");`);
  const style = await build({
    ...COMMON,
    stdin: { contents: imports.join("\n"), resolveDir: SOURCE, sourcefile: "console.css", loader: "css" },
    outdir: "console",
    banner: { css: PALETTE },
  });
  const index = "console/index.html";
  const files = {
    "index.html": readFileSync(join(ROOT, index), "utf8"),
    "console.js": textOf(script),
    "console.css": textOf(style),
  };
  if (outdir !== undefined) {
    mkdirSync(outdir, { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(outdir, name), text);
  }
  const inputs = [index, ...Object.keys(script.metafile.inputs), ...sheets.map((name) => `console/style/${name}`)];
  return { files, metafile: script.metafile, inputs };
}

function textOf({ outputFiles: [output] }: { readonly outputFiles: readonly { readonly text: string }[] }): string {
  if (!output) throw new Error("esbuild wrote no file of the console");
  return output.text;
}

/** The colours of the page of an audit, for `var(--text)` and so on. */
const PALETTE = `:root{color-scheme:light dark;${variables(LIGHT)}}@media screen and (prefers-color-scheme:dark){:root{${variables(DARK)}}}`;

if (import.meta.main) {
  try {
    const { files } = await buildConsole({ outdir: join(ROOT, "dist", "console") });
    for (const [name, text] of Object.entries(files)) console.log(`${name.padEnd(12)}${Buffer.byteLength(text)} bytes`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
