/**
 * Bundles each file of functions/ into a self-contained ES module with a source map: dist/webhook/index.mjs, and so on. Builds are
 * reproducible. `node build/build.ts` prints the sizes.
 */
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { build, type Plugin } from "esbuild";
import type { Policy } from "../lib/policy/policy.ts";
import { buildConstants } from "./build-info.ts";
import { builtinsUnread } from "./builtins-unread.ts";
import { compilePolicy, warningLines } from "./compile-policy.ts";
import { replacePartlyUsed, stubUnused, withoutUnusedAdapters } from "./stub-unused.ts";
import { partitionsByPattern, pureSchemas, shortErrors, versionOnly, withoutEventStreams } from "./trim-sdk.ts";
import { trimZod } from "./trim-zod.ts";
import { type Bundle, formatBundles, weigh } from "./weigh.ts";

const ROOT = join(import.meta.dirname, "..");

export interface BuildOptions {
  /** The folders in it are deleted first. The files of the command are beside them. */
  readonly outdir: string;
  /** Modules to replace, both paths from the repository's root: `{ "lib/retry.ts": "test/sabotage/retry.ts" }`. */
  readonly swap?: Readonly<Record<string, string>>;
  /** Changes the policy of this build, for tests. */
  readonly changePolicy?: ChangePolicy;
}
export type ChangePolicy = (policy: Policy) => Policy;

/** Builds one bundle per function, in alphabetical order. @throws YamlError with every issue of policy.yml; esbuild's error */
export async function buildFunctions({ outdir, swap = {}, changePolicy = same }: BuildOptions): Promise<Bundle[]> {
  removeFolders(outdir);
  const policy = changePolicy(compilePolicy());
  const names = readdirSync(join(ROOT, "functions"))
    .filter((file) => file.endsWith(".ts"))
    .map((file) => file.slice(0, -".ts".length))
    .sort();
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: names.map((name) => ({ in: `functions/${name}.ts`, out: `${name}/index` })),
    outdir,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node24",
    // By default esbuild bundles the SDK's CommonJS builds on platform "node", which cannot be tree-shaken: 30 % more bytes.
    mainFields: ["module", "main"],
    // Libraries test for these globals, which Node loads when they are read: 2 ms of the first request. Functions use Node's modules.
    define: { ...asUndefined("ReadableStream", "Blob", "navigator"), ...buildConstants() },
    minify: true,
    legalComments: "none",
    sourcemap: "linked",
    sourcesContent: false, // the repository has the sources
    metafile: true,
    logLevel: "silent", // the caller prints the error
    plugins: [
      compiledPolicy(policy),
      withoutUnusedAdapters(policy),
      builtinsUnread,
      environmentCredentials,
      withoutEventStreams,
      replacePartlyUsed,
      stubUnused,
      trimZod,
      partitionsByPattern,
      pureSchemas,
      shortErrors,
      versionOnly,
      swapModules(swap),
    ],
  });
  return names.map((name) => weigh(name, join(name, "index.mjs"), metafile));
}

const asUndefined = (...globals: string[]) => Object.fromEntries(globals.map((name) => [name, "undefined"]));

function removeFolders(outdir: string): void {
  if (!existsSync(outdir)) return;
  for (const each of readdirSync(outdir, { withFileTypes: true })) {
    if (each.isDirectory()) rmSync(join(outdir, each.name), { recursive: true });
  }
}

const same: ChangePolicy = (policy) => policy;

const compiledPolicy = (policy: Policy): Plugin => ({
  name: "compiled-policy",
  setup({ onLoad }) {
    onLoad({ filter: /[/\\]policy\.yml$/ }, () => ({ contents: JSON.stringify(policy), loader: "json" }));
  },
});

/** Reads credentials only from the environment, where Lambda puts them; the providers for laptops and EC2 are 131 kB. */
const environmentCredentials: Plugin = {
  name: "environment-credentials",
  setup({ onResolve, onLoad }) {
    const namespace = "environment-credentials";
    onResolve({ filter: /^@aws-sdk\/credential-provider-node$/ }, ({ path, resolveDir }) => ({
      path,
      namespace,
      pluginData: resolveDir,
    }));
    onLoad({ filter: /./, namespace }, ({ pluginData: resolveDir }) => ({
      contents: 'export { fromEnv as defaultProvider } from "@aws-sdk/credential-provider-env";',
      resolveDir,
    }));
  },
};

/** Replaces modules. A replacement may import the module that it replaces. A name that nothing imports is an error. */
function swapModules(swap: Readonly<Record<string, string>>): Plugin {
  const replacements = new Map(Object.entries(swap).map(([from, to]) => [resolve(ROOT, from), resolve(ROOT, to)]));
  return {
    name: "swap-modules",
    setup({ onResolve, onStart, onEnd }) {
      const unused = new Set<string>();
      onStart(() => {
        for (const from of replacements.keys()) unused.add(from);
      });
      onResolve({ filter: /^\.{1,2}\// }, ({ path, resolveDir, importer }) => {
        const from = resolve(resolveDir, path);
        const to = replacements.get(from);
        if (to === undefined || to === importer) return undefined;
        unused.delete(from);
        return { path: to };
      });
      onEnd(() => ({ errors: [...unused].map((from) => ({ text: `nothing imports ${relative(ROOT, from)}` })) }));
    },
  };
}

if (import.meta.main) {
  try {
    for (const line of warningLines(compilePolicy())) console.warn(line);
    console.log(formatBundles(await buildFunctions({ outdir: join(ROOT, "dist") })));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
