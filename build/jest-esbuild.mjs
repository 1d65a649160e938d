/** Jest transformer that uses esbuild, the same compiler as the bundles. */
import { createHash } from "node:crypto";
import { transformSync, version } from "esbuild";

/**
 * CommonJS, because Jest runs ES modules in `vm.SourceTextModule`, which costs about twice the time of `require` for each test file.
 * `import.meta` has no counterpart there, so its members are replaced; a file that a test imports is never the main one.
 */
const options = {
  format: "cjs",
  target: "node24",
  sourcemap: "external",
  sourcesContent: true,
  supported: { "dynamic-import": false },
  define: {
    "import.meta.dirname": "__dirname",
    "import.meta.filename": "__filename",
    "import.meta.url": "__url",
    "import.meta.main": "false",
  },
};
const URL_BANNER = 'const __url = require("node:url").pathToFileURL(__filename).href;';

/**
 * Jest gives each test file a context of its own, where every look at a global goes through an interceptor: in a loop some twenty times as
 * slow as a variable. So each file takes these once.
 */
const GLOBALS =
  "const { Array, Boolean, Buffer, Date, Error, JSON, Map, Math, Number, Object, Promise, RegExp, Set, String, Symbol, Uint8Array } = globalThis;";

export default {
  canInstrument: false,
  getCacheKey: (source, file, { configString }) =>
    createHash("sha256")
      .update([version, GLOBALS, JSON.stringify(options), file, configString, source].join("\0"))
      .digest("hex"),
  process(source, file) {
    const { code, map } = transformSync(source, {
      ...options,
      loader: file.endsWith(".ts") ? "ts" : "js",
      banner: GLOBALS + (source.includes("import.meta") ? URL_BANNER : ""),
      sourcefile: file,
    });
    return { code, map };
  },
};
