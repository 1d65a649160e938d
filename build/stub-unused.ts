/**
 * Modules of libraries that a function on Lambda never reaches, but that esbuild cannot know to be unused. In their place stands what
 * throws when it is called: who comes to need one of them finds out at once, and takes it off the list. Worth it, for each kilobyte is
 * read and parsed at every cold start; bench/experiments.md has what it brought.
 */
import { readFileSync } from "node:fs";
import type { Plugin } from "esbuild";

const LEFT_OUT: readonly { readonly file: RegExp; readonly because: string }[] = [
  {
    file: /zod\/v4\/core\/to-json-schema\.js$/,
    because: "nothing here asks for JSON Schema; build/policy-schema.ts is not bundled",
  },
  { file: /zod\/v4\/core\/json-schema-processors\.js$/, because: "the same, kept by a reference in every schema" },
  { file: /@smithy\/core\/dist-es\/submodules\/checksum\/sha256\/Sha256Js\.js$/, because: "Node has SHA-256" },
  { file: /@smithy\/core\/dist-es\/submodules\/checksum\/md5\/Md5Js\.js$/, because: "Node has MD5" },
  {
    file: /@smithy\/core\/dist-es\/submodules\/retry\/util-retry\/AdaptiveRetryStrategy\.js$/,
    because: "a mode that nobody sets",
  },
  {
    file: /@smithy\/core\/dist-es\/submodules\/config\/config-resolver\/regionConfig\/getInstanceMetadataRegion\.js$/,
    because: "Lambda sets the region",
  },
];

/** A name of the list that no bundle imports is an error: the library has moved it, and it is bundled again. */
export const leftOut: Plugin = {
  name: "left-out",
  setup({ onLoad, onEnd }) {
    const unmet = new Set(LEFT_OUT);
    for (const each of LEFT_OUT) {
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

/** A function, for what is called, for what is made with `new`, and for what nobody looks at. */
const refusing = (names: readonly string[], path: string): string => {
  const module = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
  const text = JSON.stringify(`${module} is not bundled: build/stub-unused.ts`);
  return `function refuse() { throw new Error(${text}); }\nexport { ${names.map((name) => `refuse as ${name}`).join(", ")} };`;
};

/**
 * The SDK looks for settings in the home directory's `.aws`, which Lambda has not: two files and a parser, and node:fs/promises to read
 * them. A function whose environment names such a file fails at its first call.
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
