/**
 * Replaces modules that functions never use, but that esbuild cannot remove, by stubs that throw when they are called. Every kilobyte is
 * read and parsed at each cold start (docs/adr/0018). If a stub is called, remove its entry.
 */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import type { Plugin } from "esbuild";
import type { Policy } from "../lib/policy/policy.ts";

const UNUSED: readonly { readonly file: RegExp; readonly because: string }[] = [
  {
    file: /zod\/v4\/core\/to-json-schema\.js$/,
    because: "no function makes a JSON Schema; build/policy-schema.ts is not bundled",
  },
  { file: /zod\/v4\/core\/json-schema-processors\.js$/, because: "the same; every schema refers to it" },
  { file: /@smithy\/core\/dist-es\/submodules\/checksum\/sha256\/Sha256Js\.js$/, because: "Node has SHA-256" },
  { file: /@smithy\/core\/dist-es\/submodules\/checksum\/md5\/Md5Js\.js$/, because: "Node has MD5" },
  { file: /@aws-sdk\/checksums\/dist-es\/submodules\/sha\/sha1\/Sha1Js\.js$/, because: "Node has SHA-1" },
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
    onEnd(() => unmetErrors(unmet));
  },
};

function exportedBy(source: string): string[] {
  const declared = source.matchAll(/^export (?:async )?(?:const|function|class) (\w+)/gm);
  const renamed = source.matchAll(/^export \{ \w+ as (\w+) \};?$/gm);
  return [...declared, ...renamed].map(([, name = ""]) => name);
}

/** A module whose exports all throw when they are called or constructed. */
const refusing = (names: readonly string[], path: string): string => {
  const module = /.*\/(?:node_modules\/|(?=lib\/))(.*)/.exec(path)?.[1] ?? path;
  return `${refuse(`${module} is not bundled: build/stub-unused.ts`)}\nexport { ${names.map((name) => `refuse as ${name}`).join(", ")} };`;
};

const refuse = (message: string): string => `function refuse() { throw new Error(${JSON.stringify(message)}); }`;

/**
 * Leaves out the adapters and kinds of sources that the policy does not name: the policy is compiled into the same bundle. The file of an
 * adapter or a kind has its name.
 */
export const withoutUnusedAdapters = ({ sources }: Policy): Plugin => ({
  name: "without-unused-adapters",
  setup({ onLoad }) {
    const adapters = /lib\/sources\/(appeal|getstream|huawei-moderation|huawei-push|json-mapping|sightengine)\.ts$/;
    onLoad({ filter: adapters }, ({ path }) => {
      const name = basename(path, ".ts");
      const isUsed = Object.values(sources).some(({ adapter, kind }) => adapter === name || kind === name);
      return isUsed ? undefined : { contents: refusing(exportedBy(readFileSync(path, "utf8")), path) };
    });
  },
});

const REPLACED: readonly { readonly file: RegExp; readonly contents: string }[] = [
  {
    // Lambda has no configuration files in ~/.aws. A function whose environment names such a file fails at its first call.
    file: /@smithy\/core\/dist-es\/submodules\/config\/shared-ini-file-loader\/loadSharedConfigFiles\.js$/,
    contents: `export { CONFIG_PREFIX_SEPARATOR } from "./constants";
      ${refuse("configuration files are not read: build/stub-unused.ts")}
      export const loadSharedConfigFiles = async () => {
        if (process.env.AWS_CONFIG_FILE ?? process.env.AWS_SHARED_CREDENTIALS_FILE) refuse();
        return { configFile: {}, credentialsFile: {} };
      };`,
  },
  {
    // No function sends a file or a stream. Reading the class of files loads node:fs/promises and Node's file streams.
    file: /@smithy\/core\/dist-es\/submodules\/serde\/util-body-length\/calculateBodyLength\.js$/,
    contents: `${refuse("only texts and bytes are sent: build/stub-unused.ts")}
      export const calculateBodyLength = (body) =>
        body ? (typeof body === "string" ? Buffer.byteLength(body) : (body.byteLength ?? refuse())) : 0;`,
  },
  {
    // The SDK's own generator of UUIDs needs the Web Crypto API, which loads for 2.6 ms.
    file: /@smithy\/core\/dist-es\/submodules\/serde\/uuid\/v4\.js$/,
    contents: 'import { randomUUID } from "node:crypto"; export const bindV4 = () => () => randomUUID();',
  },
  {
    // The client of DynamoDB creates one, for endpoint discovery, which no function turns on.
    file: /mnemonist\/lru-cache\.js$/,
    contents: `${refuse("endpoint discovery is not bundled: build/stub-unused.ts")}
      module.exports = class { get = refuse; has = refuse; set = refuse; };`,
  },
  {
    // serverless.yml says which Node Lambda runs.
    file: /@aws-sdk\/core\/dist-es\/submodules\/client\/emitWarningIfUnsupportedVersion\.js$/,
    contents:
      "export const state = { warningEmitted: true }; export const emitWarningIfUnsupportedVersion = () => undefined;",
  },
  {
    // The signer of every client creates one, to sign events of event streams.
    file: /@smithy\/signature-v4\/dist-es\/HeaderFormatter\.js$/,
    contents: `${refuse("events are not signed: build/stub-unused.ts")}
      export class HeaderFormatter { format = refuse; }`,
  },
];

/** Replaces modules of which a part is used. An entry that no bundle imports is an error here, too. */
export const replacePartlyUsed: Plugin = {
  name: "replace-partly-used",
  setup({ onLoad, onEnd }) {
    const unmet = new Set(REPLACED);
    for (const each of REPLACED) {
      onLoad({ filter: each.file }, () => {
        unmet.delete(each);
        return { contents: each.contents };
      });
    }
    onEnd(() => unmetErrors(unmet));
  },
};

const unmetErrors = (unmet: Iterable<{ readonly file: RegExp }>) => ({
  errors: [...unmet].map(({ file }) => ({ text: `nothing imports ${file}: build/stub-unused.ts` })),
});
