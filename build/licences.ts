/** The licences of the packages in a bundle, as a comment at its end: whoever copies the file copies them too. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Metafile } from "esbuild";
import * as z from "zod";
import { groupBy } from "../lib/core/group-by.ts";
import { packageOf } from "./weigh.ts";

const ROOT = join(import.meta.dirname, "..");
const manifestSchema = z.object({ version: z.string(), license: z.string() });

/** Packages with the same text share it. @throws Error for a package without a licence. */
export function licencesOf(...bundles: readonly Metafile[]): string {
  const outputs = bundles.flatMap((each) => Object.values(each.outputs));
  const files = outputs.flatMap(({ inputs }) => Object.entries(inputs));
  const folders = new Set(files.flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? folderOf(file) : [])));
  const packages = [...folders].sort().map(read);
  const byText = groupBy(packages, ({ license, text }) => text ?? textOf(license, packages));
  const parts = [...byText].map(([text, its]) => `${its.map(({ title }) => title).join("\n")}\n\n${text.trim()}`);
  const comment = ["This file contains these packages, under these licences.", ...parts].join(RULE);
  return `\n/*\n${comment.replaceAll("*/", "* /")}\n*/\n`;
}

const RULE = `\n\n${"-".repeat(80)}\n\n`;

function folderOf(file: string): string[] {
  const [folder] = /.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file) ?? [];
  return folder === undefined ? [] : [folder];
}

interface Licensed {
  readonly title: string;
  readonly license: string;
  readonly text: string | undefined;
}

function read(folder: string): Licensed {
  const path = join(ROOT, folder);
  const { version, license } = manifestSchema.parse(JSON.parse(readFileSync(join(path, "package.json"), "utf8")));
  const name = readdirSync(path).find((each) => /^licen[cs]e(\.(md|txt))?$/i.test(each));
  const text = name === undefined ? undefined : readFileSync(join(path, name), "utf8");
  return { title: `${packageOf(folder)} ${version} (${license})`, license, text };
}

/** Some packages of the AWS SDK state their licence without its text. It is that of the other packages with this licence. */
function textOf(license: string, packages: readonly Licensed[]): string {
  const text = packages.find((each) => each.license === license && each.text !== undefined)?.text;
  if (text === undefined) throw new Error(`a bundled package has the licence ${license}, and no package has its text`);
  return text;
}
