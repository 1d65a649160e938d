/** What differs between the command in the clone and in its bundle. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import type { Plugin } from "esbuild";
import { COMMANDS } from "../cli/commands.ts";
import type { Command } from "../cli/terminal/command.ts";
import type { ConsolePage } from "./console.ts";

const ROOT = join(import.meta.dirname, "..");
const CLI = join(ROOT, "cli");
/** A command with many files has a folder of its own. */
const COMMAND_FILES = ["commands/*.ts", "*/command.ts"];

/**
 * Loads a command when it runs: its name, its help and its options are data in the bundle. So `offair help` loads neither zod nor what
 * calls the deployment.
 */
export async function lazyCommands(): Promise<Plugin> {
  const places = await placesOfCommands();
  const entries = COMMANDS.map((command) => {
    const { run: _run, ...data } = command;
    const place = places.get(command);
    if (!place) throw new Error(`no file of cli/commands, and no command.ts, exports the command ${command.name}`);
    return `lazy(${JSON.stringify(data)}, () => import("./${place.file}").then((its) => its.${place.name}))`;
  });
  const contents = `const lazy = (data, load) => ({ ...data, run: async (typed, deps) => (await load()).run(typed, deps) });
export const COMMANDS = [${entries.join(",\n")}];`;
  return {
    name: "lazy-commands",
    setup({ onLoad }) {
      onLoad({ filter: /[/\\]cli[/\\]commands\.ts$/ }, ({ path }) => ({ contents, resolveDir: join(path, "..") }));
    },
  };
}

interface Place {
  /** From cli/. */
  readonly file: string;
  readonly name: string;
}

async function placesOfCommands(): Promise<ReadonlyMap<unknown, Place>> {
  const places = new Map<unknown, Place>();
  for (const file of globSync(COMMAND_FILES, { cwd: CLI })) {
    const exported: Record<string, Command | unknown> = await import(join(CLI, file));
    for (const [name, value] of Object.entries(exported)) places.set(value, { file, name });
  }
  return places;
}

/** The tables of docs/errors.md, for `offair help ERR_…`. */
export const errorsPage: Plugin = {
  name: "errors-page",
  setup({ onLoad }) {
    onLoad({ filter: /[/\\]cli[/\\]help[/\\]errors-page\.ts$/ }, () => {
      const page = readFileSync(join(ROOT, "docs", "errors.md"), "utf8");
      const tables = page.split("\n").filter((line) => line.startsWith("|"));
      return { contents: `export const ERRORS_PAGE = ${JSON.stringify(tables.join("\n"))};` };
    });
  },
};

/** The page of the console, compressed to a third, which the command in the clone reads from dist/console. */
export const consolePage = ({ files }: ConsolePage): Plugin => ({
  name: "console-page",
  setup({ onLoad }) {
    onLoad({ filter: /[/\\]cli[/\\]console[/\\]assets\.ts$/ }, () => ({
      contents: `import { brotliDecompressSync } from "node:zlib";
const PAGE = "${brotliCompressSync(JSON.stringify(files)).toString("base64")}";
export const readAssets = () => JSON.parse(brotliDecompressSync(Buffer.from(PAGE, "base64")).toString());`,
    }));
  },
});
