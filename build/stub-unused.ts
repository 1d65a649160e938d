/**
 * Replaces library modules that functions never use, but that esbuild cannot remove, by stubs that throw when they are called. Every
 * kilobyte is read and parsed at each cold start (docs/adr/0018). If a stub is called, remove its entry.
 */
import { readFileSync } from "node:fs";
import type { Plugin } from "esbuild";

const UNUSED: readonly { readonly file: RegExp; readonly because: string }[] = [
  {
    file: /zod\/v4\/core\/to-json-schema\.js$/,
    because: "no function makes a JSON Schema; build/policy-schema.ts is not bundled",
  },
  { file: /zod\/v4\/core\/json-schema-processors\.js$/, because: "the same; every schema refers to it" },
  { file: /@smithy\/core\/dist-es\/submodules\/checksum\/sha256\/Sha256Js\.js$/, because: "Node has SHA-256" },
  { file: /@smithy\/core\/dist-es\/submodules\/checksum\/md5\/Md5Js\.js$/, because: "Node has MD5" },
  {
    file: /@smithy\/core\/dist-es\/submodules\/retry\/util-retry\/AdaptiveRetryStrategy\.js$/,
    because: "this retry mode is not used",
  },
  {
    file: /@smithy\/core\/dist-es\/submodules\/config\/config-resolver\/regionConfig\/getInstanceMetadataRegion\.js$/,
    because: "Lambda sets the region",
  },
];

/** An entry that no bundle imports is an error, because the library may have moved the module. */
export const stubUnused: Plugin = {
  name: "stub-unused",
  setup({ onLoad, onEnd }) {
    const unmet = new Set(UNUSED);
    for (const each of UNUSED) {
      onLoad({ filter: each.file }, ({ path }) => {
        unmet.delete(each);
        return { contents: refusing(exportedBy(readFileSync(path, "utf8")), path) };
      });
    }
    onEnd(() => ({
      errors: [...unmet].map(({ file }) => ({ text: `nothing imports ${file}: build/stub-unused.ts` })),
    }));
  },
};

function exportedBy(source: string): string[] {
  const declared = source.matchAll(/^export (?:async )?(?:const|function|class) (\w+)/gm);
  const renamed = source.matchAll(/^export \{ \w+ as (\w+) \};?$/gm);
  return [...declared, ...renamed].map(([, name = ""]) => name);
}

/** A module whose exports all throw when they are called or constructed. */
const refusing = (names: readonly string[], path: string): string => {
  const module = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
  const text = JSON.stringify(`${module} is not bundled: build/stub-unused.ts`);
  return `function refuse() { throw new Error(${text}); }\nexport { ${names.map((name) => `refuse as ${name}`).join(", ")} };`;
};

/**
 * Leaves out the SDK's reading of configuration files in `~/.aws`, which Lambda does not have. A function whose environment names such a
 * file fails at its first call.
 */
export const withoutConfigFiles: Plugin = {
  name: "without-config-files",
  setup({ onLoad }) {
    onLoad(
      { filter: /@smithy\/core\/dist-es\/submodules\/config\/shared-ini-file-loader\/loadSharedConfigFiles\.js$/ },
      () => ({
        contents: `export { CONFIG_PREFIX_SEPARATOR } from "./constants";
        export const loadSharedConfigFiles = async () => {
        if (process.env.AWS_CONFIG_FILE ?? process.env.AWS_SHARED_CREDENTIALS_FILE) {
          throw new Error("configuration files are not read: build/stub-unused.ts");
        }
        return { configFile: {}, credentialsFile: {} };
      };`,
      }),
    );
  },
};
