/** Jest transformer that uses esbuild, the same compiler as the bundles. */
import { createHash } from "node:crypto";
import { transformSync, version } from "esbuild";

const options = { format: "esm", target: "node24", loader: "ts", sourcemap: "external", sourcesContent: true };

export default {
  canInstrument: false,
  getCacheKey: (source, file, { configString }) =>
    createHash("sha256")
      .update([version, JSON.stringify(options), file, configString, source].join("\0"))
      .digest("hex"),
  process(source, file) {
    const { code, map } = transformSync(source, { ...options, sourcefile: file });
    return { code, map };
  },
};
