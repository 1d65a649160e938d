import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { COMMANDS } from "../../cli/commands.ts";
import { generatedPages } from "../../scripts/docs.ts";

const pages = Object.entries(generatedPages());

describe("pages that are made from code", () => {
  it.each(pages.map(([file, text]) => [basename(file), file, text]))(
    "%s is up to date: npm run docs",
    (_, file, text) => {
      expect(readFileSync(file, "utf8")).toBe(text);
    },
  );

  it("command-line.md has a section for every command", () => {
    const [, page = ""] = pages.find(([file]) => file.endsWith("command-line.md")) ?? [];
    expect(COMMANDS.filter(({ name }) => !page.includes(`\n## offair ${name}\n`))).toEqual([]);
  });

  it("policy.md says of every key what it means", () => {
    const [, page = ""] = pages.find(([file]) => file.endsWith("policy.md")) ?? [];
    const rows = page.split("\n").filter((line) => line.startsWith("| `"));
    expect(rows.length).toBeGreaterThan(40);
    expect(rows.filter((row) => !/ [A-Z`].{3,} \|$/.test(row))).toEqual([]);
  });
});
