/**
 * Loads Node's modules with `getBuiltinModule`. An `import` evaluates every export of the module, and some getters load whole subsystems:
 * the HTTP client of `fetch` in node:http (10 to 35 ms on Node 24), promises and readline in node:fs, standard streams in node:process.
 */
import { isBuiltin } from "node:module";
import type { Plugin } from "esbuild";

export const builtinsUnread: Plugin = {
  name: "builtins-unread",
  setup({ onResolve, onLoad }) {
    const namespace = "builtins-unread";
    onResolve({ filter: /^(node:)?[a-z0-9_/]+$/ }, ({ path }) => (isBuiltin(path) ? { path, namespace } : undefined));
    onLoad({ filter: /./, namespace }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});`,
    }));
  },
};
