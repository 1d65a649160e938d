/**
 * Leaves out the methods of zod's schemas that no file of functions/ and lib/ calls. Each schema has a method for every format and check
 * of zod, so esbuild would keep all of them, and a cold start would install them on its prototypes (docs/adr/0018). A call of such a method
 * fails with a TypeError that names it; only a call by a computed name could be missed here.
 */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Plugin } from "esbuild";

const ROOT = join(import.meta.dirname, "..");

/** A method in the members of a class of zod, with its name. */
const METHOD = /^ {4}(?:async )?(\w+)(?:: (?:async )?function \w+)?\([^)]*\) \{\n[\s\S]*?\n {4}\},?\n/gm;

/** Their classes are exported beside the functions, and once more from there; schemas.js exports them, too. */
const ISO_CLASSES = /^export \{ ZodISO.*\n/m;
const FUNCTION = /^export function (\w+)\([\s\S]*?\n\}\n/gm;

/** A call of a method, on whatever object; and one of zod's own, on a schema. */
const CALL = /\.(\w+)(?:<[^(]*>)?\(/g;
const OWN_CALL = /\b(?:this|inst)\.(\w+)\(/g;

const REPLACED: readonly (readonly [from: string, to: string])[] = [
  // esbuild keeps everything of a namespace that is imported from another module's exports
  ['import { util } from "../core/index.js";', 'import * as util from "../core/util.js";'],
  ["core.util.", "util."],
  // it recognises cycles of references in what is parsed: there are none in JSON
  ["core.config({ memoizer: core.memoizer() });", ";"],
];

export const trimZod: Plugin = {
  name: "trim-zod",
  setup({ onLoad }) {
    onLoad({ filter: /zod\/v4\/classic\/schemas\.js$/ }, ({ path }) => {
      const source = readFileSync(path, "utf8");
      const called = new Set([...calledBy(CALL), ...namesOf(OWN_CALL, source)]);
      const unused = namesOf(METHOD, source).filter((name) => !called.has(name));
      const unmet = REPLACED.filter(([from]) => !source.includes(from));
      if (unused.length === 0 || unmet.length > 0) throw new Error("zod has changed: see build/trim-zod.ts");
      const trimmed = source.replace(METHOD, (method, name: string) => (called.has(name) ? method : ""));
      return { contents: REPLACED.reduce((text, [from, to]) => text.replaceAll(from, to), trimmed) };
    });
    // z.coerce and z.iso are objects as well
    onLoad({ filter: /zod\/v4\/classic\/(coerce|iso)\.js$/ }, ({ path }) => {
      const called = new Set(calledBy(new RegExp(`\\b${basename(path, ".js")}\\.(\\w+)\\(`, "g")));
      const functions = readFileSync(path, "utf8").replace(ISO_CLASSES, "");
      return { contents: functions.replace(FUNCTION, (text, name: string) => (called.has(name) ? text : "")) };
    });
    onLoad({ filter: /zod\/v4\/classic\/external\.js$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8").replace(ISO_CLASSES, ""),
    }));
  },
};

const namesOf = (pattern: RegExp, source: string): string[] =>
  [...source.matchAll(pattern)].map(([, name = ""]) => name);

/** The names that files of functions/ and lib/ call. */
const calledBy = (pattern: RegExp): string[] =>
  ["functions", "lib"].flatMap(sourcesIn).flatMap((source) => namesOf(pattern, source));

const sourcesIn = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => readFileSync(join(ROOT, folder, file), "utf8"));
