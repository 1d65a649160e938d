/** Every relative link of the Markdown files leads to a file that is there, and to a heading that it has. */
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "@jest/globals";

const root = join(import.meta.dirname, "../..");
const pages = globSync(["*.md", "{bench,docs,events,examples}/**/*.md"], { cwd: root }).sort();

const read = (page: string): string => readFileSync(join(root, page), "utf8");

/** Fenced blocks hold examples, not links. Indented blocks never hold link syntax here. */
const withoutCode = (text: string): string => text.replace(/^( *)```.*?^\1```$/gms, "").replace(/`[^`\n]*`/g, "");

/** The target of `[text](target)` and `![text](target)`, without a title. */
const linksOf = (text: string): string[] =>
  [...withoutCode(text).matchAll(/\]\(([^)\s]+)(?: "[^"]*")?\)/g)].map(([, target = ""]) => target);

/** As GitHub makes the id of a heading: lower case, punctuation dropped, spaces as hyphens. */
const idOf = (heading: string): string =>
  heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(" ", "-");

const headingsOf = (text: string): string[] =>
  [...text.replace(/^```.*?^```$/gms, "").matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = ""]) => idOf(heading));

function brokenLinks(page: string): string[] {
  const isLocal = (target: string): boolean => !/^[a-z]+:/.test(target);
  return linksOf(read(page))
    .filter(isLocal)
    .filter((target) => {
      const [path = "", id] = target.split("#");
      const file = path === "" ? page : join(dirname(page), decodeURIComponent(path));
      if (!existsSync(join(root, file))) return true;
      return id !== undefined && !headingsOf(read(file)).includes(id);
    });
}

it("there are pages with links", () => {
  expect(pages).toEqual(expect.arrayContaining(["README.md", "ARCHITECTURE.md", "docs/glossary.md"]));
  expect(linksOf(read("README.md")).length).toBeGreaterThan(20);
});

it.each(pages)("%s has no broken link", (page) => {
  expect(brokenLinks(page)).toEqual([]);
});

it("README.md is finished in two minutes, and shows both pictures", () => {
  const text = read("README.md");
  expect(text.split(/\s+/).filter((word) => word !== "").length).toBeLessThanOrEqual(1_200);
  expect(linksOf(text)).toEqual(expect.arrayContaining(["docs/pictures/terminal.png", "docs/pictures/audit-page.png"]));
});
