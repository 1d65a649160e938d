/** Jest transformer on the esbuild that also builds the bundles: no second compiler to keep in step. */
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
  banner: 'const __url = require("node:url").pathToFileURL(__filename).href;',
};

export default {
  canInstrument: false,
  getCacheKey: (source, file, { configString }) =>
    createHash("sha256")
      .update([version, JSON.stringify(options), file, configString, source].join("\0"))
      .digest("hex"),
  process(source, file) {
    const { code, map } = transformSync(source, {
      ...options,
      loader: file.endsWith(".ts") ? "ts" : "js",
      banner: source.includes("import.meta") ? options.banner : "",
      sourcefile: file,
    });
    return { code, map };
  },
};
