/**
 * Loads Node's modules with `getBuiltinModule`. An `import` evaluates every export of the module, and some getters load whole subsystems:
 * the HTTP client of `fetch` in node:http (10 to 35 ms on Node 24), promises and readline in node:fs, standard streams in node:process.
 */
import { isBuiltin } from "node:module";
import type { Plugin } from "esbuild";

const STATIC = "builtins-unread";
/** For `import()` and `require`, which return the whole module. */
const WHOLE = "builtins-unread-whole";

export const builtinsUnread: Plugin = {
  name: "builtins-unread",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(node:)?[a-z0-9_/]+$/ }, ({ path, kind }) =>
      isBuiltin(path) ? { path, namespace: kind === "import-statement" ? STATIC : WHOLE } : undefined,
    );
    onLoad({ filter: /./, namespace: STATIC }, ({ path }) => ({ contents: exportsOf(path) }));
    onLoad({ filter: /./, namespace: WHOLE }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});`,
    }));
  },
};

/** Reads each export by a call that is marked as pure, so that esbuild leaves out the exports that no file imports. */
function exportsOf(path: string): string {
  const names = Object.keys(process.getBuiltinModule(path) ?? {}).filter((name) => /^[a-z]\w*$/i.test(name));
  const constants = names.map((name, index) => `const e${index} = /* @__PURE__ */ read("${name}");`);
  const exported = names.map((name, index) => `e${index} as ${name}`);
  return `const load = () => process.getBuiltinModule("${path}");
const builtin = /* @__PURE__ */ load();
const read = (name) => builtin[name];
${constants.join("\n")}
export { ${["builtin as default", ...exported].join(", ")} };`;
}
