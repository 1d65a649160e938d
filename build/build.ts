/**
 * Bundles each file of functions/ into a self-contained ES module with a source map: dist/webhook/index.mjs, and so on. Builds are
 * reproducible. `node build/build.ts` prints the sizes.
 */
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { build, type Metafile, type Plugin } from "esbuild";
import type { Policy } from "../lib/policy/policy.ts";
import { compilePolicy, warningLines } from "./compile-policy.ts";
import { stubUnused, withoutConfigFiles } from "./stub-unused.ts";

const ROOT = join(import.meta.dirname, "..");

export interface BuildOptions {
  /** Its contents are deleted first. */
  readonly outdir: string;
  /** Modules to replace, both paths from the repository's root: `{ "lib/retry.ts": "test/sabotage/retry.ts" }`. */
  readonly swap?: Readonly<Record<string, string>>;
  /** Changes the policy of this build, for tests. */
  readonly changePolicy?: ChangePolicy;
}
export type ChangePolicy = (policy: Policy) => Policy;

export interface Bundle {
  readonly name: string;
  readonly bytes: number;
  /** The bytes of each npm package or folder in the bundle. */
  readonly bytesByPackage: ReadonlyMap<string, number>;
}

/** Builds one bundle per function, in alphabetical order. @throws esbuild's error, which includes every issue of policy.yml */
export async function buildFunctions({ outdir, swap = {}, changePolicy }: BuildOptions): Promise<Bundle[]> {
  rmSync(outdir, { recursive: true, force: true });
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
    // Reading this global loads web streams, 1.4 ms of the first request; functions only use Node's streams.
    define: { ReadableStream: "undefined" },
    minify: true,
    legalComments: "none",
    sourcemap: "linked",
    sourcesContent: false, // the repository has the sources
    metafile: true,
    logLevel: "silent", // the caller prints the error
    plugins: [
      compiledPolicy(changePolicy),
      builtinsUnread,
      environmentCredentials,
      withoutEventStreams,
      withoutConfigFiles,
      stubUnused,
      versionOnly,
      swapModules(swap),
    ],
  });
  return names.map((name) => weigh(name, metafile));
}

const compiledPolicy = (change: ChangePolicy = (policy) => policy): Plugin => ({
  name: "compiled-policy",
  setup({ onLoad }) {
    onLoad({ filter: /[/\\]policy\.yml$/ }, ({ path }) => ({
      contents: JSON.stringify(change(compilePolicy(path))),
      loader: "json",
    }));
  },
});

/**
 * Loads Node's modules with `getBuiltinModule`. An `import` evaluates every export of the module, and some getters load whole subsystems:
 * the HTTP client of `fetch` in node:http (10 to 35 ms on Node 24), promises and readline in node:fs, standard streams in node:process.
 */
const builtinsUnread: Plugin = {
  name: "builtins-unread",
  setup({ onResolve, onLoad }) {
    const namespace = "builtins-unread";
    onResolve({ filter: /^(node:)?[a-z0-9_/]+$/ }, ({ path }) => (isBuiltin(path) ? { path, namespace } : undefined));
    onLoad({ filter: /./, namespace }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});`,
    }));
  },
};

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

/**
 * Leaves out the SDK's event streams, which no operation of offair uses. The SDK imports them dynamically, so esbuild would keep the module
 * and everything it imports: 160 modules of @smithy/core.
 */
const withoutEventStreams: Plugin = {
  name: "without-event-streams",
  setup({ onResolve, onLoad }) {
    const namespace = "without-event-streams";
    onResolve({ filter: /^@smithy\/core\/event-streams$/ }, ({ kind, path }) =>
      kind === "dynamic-import" ? { path, namespace } : undefined,
    );
    onLoad({ filter: /./, namespace }, () => ({
      contents:
        'const refuse = () => { throw new Error("event streams are not bundled: build/build.ts"); };' +
        "export { refuse as EventStreamSerde, refuse as eventStreamSerdeProvider };",
    }));
  },
};

/** Bundles only the version of a client's package.json, the one field that the User-Agent needs: saves 2 kB per client. */
const versionOnly: Plugin = {
  name: "version-only",
  setup({ onLoad }) {
    onLoad({ filter: /@aws-sdk[/\\]client-[^/\\]+[/\\]package\.json$/ }, ({ path }) => {
      const { version }: { version: unknown } = JSON.parse(readFileSync(path, "utf8"));
      return { contents: JSON.stringify({ version }), loader: "json" };
    });
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

function weigh(name: string, { outputs }: Metafile): Bundle {
  const output = Object.entries(outputs).find(([file]) => file.endsWith(join(name, "index.mjs")))?.[1];
  if (!output) throw new Error(`esbuild wrote no bundle for ${name}`);
  const bytesByPackage = new Map<string, number>();
  for (const [file, { bytesInOutput }] of Object.entries(output.inputs)) {
    const owner = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? dirname(file);
    bytesByPackage.set(owner, (bytesByPackage.get(owner) ?? 0) + bytesInOutput);
  }
  return { name, bytes: output.bytes, bytesByPackage };
}

const kilobytes = (bytes: number): string => `${(bytes / 1_000).toFixed(0)} kB`;

/** Formats each bundle's size and its five heaviest parts. */
export function formatBundles(bundles: readonly Bundle[]): string {
  return bundles
    .map(({ name, bytes, bytesByPackage }) => {
      const heaviest = [...bytesByPackage].sort(([, a], [, b]) => b - a).slice(0, 5);
      const parts = heaviest.map(([owner, size]) => `${owner} ${kilobytes(size)}`).join(", ");
      return `${name.padEnd(10)}${kilobytes(bytes).padStart(8)}   ${parts}`;
    })
    .join("\n");
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
