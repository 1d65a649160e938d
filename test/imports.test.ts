/** The arrows of the design: `functions, cli, local → sources, huawei, audit, aws → moderation → what is shared at the root of lib`. */
import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "@jest/globals";

const root = join(import.meta.dirname, "..");
const IMPORT = /\b(?:from|import)\s*\(?\s*["']([^"']+)["']/g;
const sources = globSync("{functions,lib,cli,local,scripts,bench,test}/**/*.{ts,mjs}", { cwd: root }).map((file) => ({
  file,
  text: readFileSync(join(root, file), "utf8"),
}));

/** Which file imports what: another file by its path from the root, a package by its name. */
const imports = sources.flatMap(({ file, text }) =>
  [...text.matchAll(IMPORT)].map(([, target = ""]) => ({
    file,
    target: target.startsWith(".") ? join(dirname(file), target) : target,
  })),
);
const between = (from: RegExp, to: RegExp) => imports.filter(({ file, target }) => from.test(file) && to.test(target));

const CONCERN = /^lib\/(sources|huawei|audit|aws)\//;
const concernOf = (path: string): string | undefined => CONCERN.exec(path)?.[1];

describe("imports run one way:", () => {
  it.each([
    [
      "moderation knows itself, what is shared, and zod",
      /^lib\/moderation\//,
      /^(?!lib\/moderation\/|lib\/[^/]+$|zod$)/,
    ],
    ["what is shared knows only its like", /^lib\/[^/]+(?<!\.d)\.ts$/, /^(?!lib\/[^/]+$|zod$|node:)/],
    ["nothing but a test knows a function", /^(?!test\/)/, /^functions\//],
    ["what is deployed knows nothing of what is not", /^(functions|lib)\//, /^(local|cli|scripts|bench|test)\//],
    ["the simulator of Live is no copy of its client", /^local\/live\//, /^lib\/huawei\//],
    ["in lib only aws knows the AWS SDK", /^lib\/(?!aws\/)/, /^(@aws-sdk|@smithy)\//],
    ["only functions know middy, ours and those of a rival", /^(?!functions\/|bench\/rivals\/|test\/)/, /^@middy\//],
    ["a rival shares no line with us", /^bench\/rivals\//, /^(lib|functions|local|cli)\//],
    ["nothing but a test knows a bench", /^(?!bench\/|test\/)/, /^bench\//],
    ["no relative import is without its ending", /./, /^(functions|lib|cli|local|scripts|bench)\/.*\/[^.]+$/],
  ])("%s", (_, from, to) => {
    expect(sources.filter(({ file }) => from.test(file))).not.toEqual([]);
    expect(between(from, to)).toEqual([]);
  });

  it("no concern knows another", () => {
    expect(between(CONCERN, CONCERN).filter(({ file, target }) => concernOf(file) !== concernOf(target))).toEqual([]);
  });

  it("this test sees them", () => {
    expect(between(/^functions\/worker\.ts$/, /^lib\/moderation\/handle\.ts$/)).toHaveLength(1);
    for (const concern of ["sources", "huawei", "audit", "aws"]) {
      expect(between(new RegExp(`^lib/${concern}/`), /^lib\/errors\.ts$/)).not.toEqual([]);
    }
  });
});

it("zod comes as a namespace: its named export brings every language along, 350 kB", () => {
  const named = sources.filter(({ text }) => /import\s+(?!(type )?\* as z )[^;]*from "zod"/.test(text));
  expect(named.map(({ file }) => file)).toEqual([]);
  expect(between(/./, /^zod(\/|-)/)).toEqual([]);
});
