/** Bundles the floor's functions like offair's: as ES modules, with the SDK's own modules. Into `<outdir>/webhook/index.mjs` and so on. */
import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { build } from "esbuild";

const FUNCTIONS = join(import.meta.dirname, "functions");

export async function buildFloors(outdir: string): Promise<void> {
  const names = readdirSync(FUNCTIONS).map((file) => basename(file, ".ts"));
  await build({
    entryPoints: names.map((name) => ({ in: join(FUNCTIONS, `${name}.ts`), out: `${name}/index` })),
    ...{ outdir, outExtension: { ".js": ".mjs" }, bundle: true, minify: true, format: "esm", platform: "node" },
    ...{ target: "node24", mainFields: ["module", "main"], logLevel: "error" },
    banner: { js: 'import{createRequire}from"node:module";const require=createRequire(import.meta.url);' },
  });
}
