/** No page of the console has a sentence of its own: texts are in the catalogue, in both languages. esbuild takes the JSX apart. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "@jest/globals";
import { transform } from "esbuild";

const ROOT = join(import.meta.dirname, "../../..");
const files = globSync("console/**/*.tsx", { cwd: ROOT }).sort();

/** The name of the project, and what a language is called in itself. */
const ALLOWED = new Set(["offair", "English", "简体中文", "UTC"]);

const LETTER = /\p{L}/u;
const STRING = /^"(?:[^"\\]|\\.)*"/;
/** An attribute that people read or hear. */
const READ = /(?:"aria-label"|"aria-description"|\btitle|\bplaceholder|\balt): ("(?:[^"\\]|\\.)*")/g;

/** The arguments of a call, as source, from behind its opening parenthesis. */
function argumentsFrom(code: string): string[] {
  const found: string[] = [];
  let [depth, at, from] = [0, 0, 0];
  for (; at < code.length && depth >= 0; at++) {
    const character = code[at] ?? "";
    if (character === '"') at += (STRING.exec(code.slice(at))?.[0].length ?? 1) - 1;
    else if ("([{".includes(character)) depth += 1;
    else if (")]}".includes(character)) depth -= 1;
    if (depth < 0 || (depth === 0 && character === ",")) {
      found.push(code.slice(from, at).trim());
      from = at + 1;
    }
  }
  return found;
}

/** A key or a command is what no language changes. */
const childrenOf = ([tag, , ...children]: readonly string[]): readonly string[] =>
  tag === '"kbd"' || tag === '"code"' ? [] : children;

/** Without what is in brackets: calls, objects and elements of their own. */
function topLevel(code: string): string {
  const inner = /[([{](?:"(?:[^"\\]|\\.)*"|[^"()[\]{}])*[)\]}]/g;
  const cut = code.replace(inner, "");
  return cut === code ? code : topLevel(cut);
}

/** A literal that stands for itself, or that is one branch of a condition. */
function literalsOf(child: string): string[] {
  if (STRING.exec(child)?.[0] === child) return [child];
  return topLevel(child).match(/(?<=[?:] )"(?:[^"\\]|\\.)*"(?=$| :)/g) ?? [];
}

async function sentencesOf(source: string): Promise<string[]> {
  const { code } = await transform(source, { loader: "tsx", jsx: "transform", jsxFactory: "ELEMENT", charset: "utf8" });
  const children = code
    .split("ELEMENT(")
    .slice(1)
    .flatMap((_, index, all) => childrenOf(argumentsFrom(all.slice(index).join("ELEMENT("))));
  const read = [...code.matchAll(READ)].map(([, text = ""]) => text);
  return [...children.flatMap(literalsOf), ...read]
    .map((literal) => String(JSON.parse(literal)).trim())
    .filter((text) => LETTER.test(text) && !ALLOWED.has(text));
}

it.each(files)("%s", async (file) => {
  expect(await sentencesOf(readFileSync(join(ROOT, file), "utf8"))).toEqual([]);
});

it("notices a sentence, wherever it stands", async () => {
  const source = `const a = <p>Nothing waits</p>; const b = <p>{n} of <b>{say(TEXT.all)}</b></p>;
    const c = <input placeholder="a name" title={say(TEXT.name)} />; const d = <p>{is ? "yes" : say(TEXT.no)}</p>;
    const e = <p class="muted">{say(TEXT.x, { n: 1 })}{kind === "good" ? "✓" : "✗"}</p>;`;
  expect(await sentencesOf(source)).toEqual(["Nothing waits", "of", "yes", "a name"]);
});
