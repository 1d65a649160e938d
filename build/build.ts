/**
 * Bundles every file of functions/ into one self-contained ES module: dist/webhook/index.mjs with its map, and so on.
 * The same sources give the same bytes. `node build/build.ts` prints what each weighs.
 */
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { build, type Metafile, type Plugin } from "esbuild";
import type { Policy } from "../lib/policy/policy.ts";
import { compilePolicy } from "./compile-policy.ts";
import { leftOut, withoutConfigFiles } from "./stub-unused.ts";

const ROOT = join(import.meta.dirname, "..");

export interface BuildOptions {
  /** A folder of its own: it is emptied first. */
  readonly outdir: string;
  /** Modules to be replaced, both named from the top: `{ "lib/retry.ts": "test/sabotage/retry.ts" }`. */
  readonly swap?: Readonly<Record<string, string>>;
  /** Of policy.yml, for a stack on which something other than the policy is tried. */
  readonly changePolicy?: ChangePolicy;
}
export type ChangePolicy = (policy: Policy) => Policy;

export interface Bundle {
  readonly name: string;
  readonly bytes: number;
  /** Bytes that each npm package, or a folder of ours, takes of it. */
  readonly bytesByPackage: ReadonlyMap<string, number>;
}

/** One bundle a function, in alphabetical order. @throws esbuild's error, with every fault of policy.yml among them */
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
    // On platform "node" esbuild would take the CommonJS builds of the SDK, which it cannot shake: 30 % more bytes.
    mainFields: ["module", "main"],
    // Who asks for this name loads the web's streams, 1.4 ms of the first request; all streams in a function are Node's.
    define: { ReadableStream: "undefined" },
    minify: true,
    legalComments: "none",
    sourcemap: "linked",
    sourcesContent: false, // the repository has them
    metafile: true,
    logLevel: "silent", // the caller prints what is thrown
    plugins: [
      compiledPolicy(changePolicy),
      builtinsUnread,
      environmentCredentials,
      withoutEventStreams,
      withoutConfigFiles,
      leftOut,
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
 * An `import` of one of Node's modules reads all that it exports, and behind some getters whole subsystems wait: the HTTP client of `fetch`
 * in node:http (10 to 35 ms on Node 24), promises and readline in node:fs, the standard streams in node:process. Asked for like this, a
 * module is handed over unread.
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

/** Lambda gives a function its role's credentials in the environment; the providers for laptops and EC2 are 131 kB. */
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
 * The SDK imports its event streams when an operation has one; none of ours has. esbuild keeps a module whole that is imported like that,
 * and with it all that it imports: 160 modules of @smithy/core, each wrapped in a function.
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

/** A client's package.json is bundled whole for the one field that its User-Agent states: 2 kB a client. */
const versionOnly: Plugin = {
  name: "version-only",
  setup({ onLoad }) {
    onLoad({ filter: /@aws-sdk[/\\]client-[^/\\]+[/\\]package\.json$/ }, ({ path }) => {
      const { version }: { version: unknown } = JSON.parse(readFileSync(path, "utf8"));
      return { contents: JSON.stringify({ version }), loader: "json" };
    });
  },
};

/** The replacement may import what it replaces. A name that nothing imports is an error: it would replace nothing. */
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

/** Each bundle, and what is heaviest in it. */
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
    console.log(formatBundles(await buildFunctions({ outdir: join(ROOT, "dist") })));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
