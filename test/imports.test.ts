/** The arrows of the design: `functions, cli, local → sources, huawei, audit, aws → moderation → what is shared at the root of lib`. */
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "@jest/globals";

const root = join(import.meta.dirname, "..");
const FOLDERS = ["functions", "lib", "cli", "local", "scripts", "test"].filter((name) => existsSync(join(root, name)));
const IMPORT = /\b(?:from|import)\s*\(?\s*["']([^"']+)["']/g;
const files = FOLDERS.flatMap((folder) => globSync(`${folder}/**/*.{ts,mjs}`, { cwd: root }));

/** Which file imports what; a path is told from the root, a package by its name. */
const imports = files.flatMap((file) =>
  [...readFileSync(join(root, file), "utf8").matchAll(IMPORT)].map(([, target = ""]) => ({
    file,
    target: target.startsWith(".") ? join(dirname(file), target) : target,
  })),
);
const CONCERN = /^lib\/(sources|huawei|audit|aws)\//;
const concernOf = (path: string): string | undefined => CONCERN.exec(path)?.[1];

/** What files of `from` import of what `to` names. */
const between = (from: RegExp, to: RegExp, but?: (file: string, target: string) => boolean): string[] =>
  imports
    .filter(({ file, target }) => from.test(file) && to.test(target) && !but?.(file, target))
    .map(({ file, target }) => `${file} imports ${target}`);

describe("imports run one way", () => {
  it("and are all seen by this test", () => {
    expect(between(/^functions\/worker\.ts$/, /^lib\/moderation\/handle\.ts$/)).toHaveLength(1);
    expect(between(/^lib\/aws\//, /^@aws-sdk\//)).not.toEqual([]);
    expect(between(/^lib\/sources\//, /^lib\/moderation\//)).not.toEqual([]);
  });

  it.each<[string, RegExp, RegExp, ((file: string, target: string) => boolean)?]>([
    [
      "moderation knows only itself, what is shared, and zod",
      /^lib\/moderation\//,
      /^(?!lib\/moderation\/|lib\/[^/]+$|zod$)/,
    ],
    ["what is shared knows no concern; of moderation its types", /^lib\/[^/]+$/, /^(?!lib\/[^/]+$|zod$|node:)/],
    ["no concern knows another", CONCERN, CONCERN, (file, target) => concernOf(file) === concernOf(target)],
    ["nothing but a test knows a function", /^(?!test\/)/, /^functions\//],
    [
      "what is deployed knows nothing of the local stack, the scripts and the tests",
      /^(functions|lib)\//,
      /^(local|cli|scripts|test)\//,
    ],
    ["the simulator of Live is no copy of its client", /^local\/live\//, /^lib\/huawei\//],
    ["only lib/aws knows the AWS SDK; functions make its clients", /^lib\/(?!aws\/)/, /^(@aws-sdk|@smithy)\//],
    ["only functions know middy", /^(?!functions\/|test\/)/, /^@middy\//],
    ["zod comes whole, for its named export carries every language", /./, /^zod\/.*|^zod-/],
  ])("%s", (_, from, to, but) => {
    expect(between(from, to, but)).toEqual([]);
  });

  it("every import names a file that exists, with its ending", () => {
    const local = imports.filter(({ target }) => /^(functions|lib|cli|local|scripts|test)\//.test(target));
    expect(local.filter(({ target }) => !existsSync(join(root, target))).map(({ target }) => target)).toEqual([]);
  });
});
