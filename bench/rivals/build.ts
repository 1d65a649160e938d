/**
 * Bundles the rival's functions as AWS's guide does: `esbuild --bundle --minify --sourcemap --platform=node --target=es2020`.
 * https://docs.aws.amazon.com/lambda/latest/dg/typescript-package.html
 */
import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { build, type Plugin } from "esbuild";

const FUNCTIONS = join(import.meta.dirname, "functions");

/** Into `<outdir>/webhook/index.js` and so on. */
export async function buildRivals(outdir: string): Promise<void> {
  const names = readdirSync(FUNCTIONS).map((file) => basename(file, ".ts"));
  await build({
    entryPoints: names.map((name) => ({ in: join(FUNCTIONS, `${name}.ts`), out: `${name}/index` })),
    ...{ outdir, bundle: true, minify: true, sourcemap: true, platform: "node", target: "es2020" },
    plugins: [uuidOfNode],
    logLevel: "error",
  });
}

/** Huawei's SDK calls `uuid.v4` without depending on the package. Node's own costs no time, which favours the rival. */
const uuidOfNode: Plugin = {
  name: "uuid-of-node",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^uuid$/ }, ({ path }) => ({ path, namespace: "uuid-of-node" }));
    onLoad({ filter: /./, namespace: "uuid-of-node" }, () => ({
      contents: 'exports.v4 = () => require("node:crypto").randomUUID();',
    }));
  },
};
