/** No text from outside may keep a function or a command busy: time grows with its length, and not with the square of it. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { describe, expect, it } from "@jest/globals";
import { copyTo } from "../cli/evidence/export-copy.ts";
import { operatorUrl } from "../cli/operator/url.ts";
import type { CommandDeps } from "../cli/terminal/command.ts";
import { momentOf } from "../cli/terminal/instant.ts";
import { readStreams, streamOf } from "../cli/terminal/streams-argument.ts";
import { packLines, readLines } from "../lib/archive/ndjson.ts";
import { createCoverage } from "../lib/evidence/history/ledger-coverage.ts";

const ROOT = join(import.meta.dirname, "..");

/** Far above what a linear search needs on a busy machine, and far below what a quadratic one needs for these lengths. */
const BOUND_MS = 1_500;

function timeOf(work: () => unknown): number {
  const beganMs = performance.now();
  work();
  return performance.now() - beganMs;
}

const REPEATED = [
  ..."/.a0A=-_ :+*?%~@#\\\"'\t\n\0,;[]{}()<>é",
  "//",
  "a/",
  "/a",
  ".a",
  "a.",
  "0.",
  " a",
  "\r\n",
  "%2",
  "a=",
  "${",
  "${x",
];
const ENDS = ["", "\0", "/x", "=", "!"];

/** The regular expressions in a source text, as they are written. A slash that stands for a division is not found. */
function regularExpressions(source: string): RegExp[] {
  const literal =
    /(?:[(,=:[!&|?{};>]|\breturn|^)\s*\/((?:[^/\\\n[*]|\\.|\[(?:[^\]\\\n]|\\.)*\])(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])*)\/([dgimsuvy]*)/gm;
  return [...source.matchAll(literal)].flatMap(([, pattern = "", flags = ""]) => {
    try {
      return [new RegExp(pattern, flags)];
    } catch {
      return []; // slashes in a comment
    }
  });
}

describe("every regular expression of lib, cli, functions and scripts", () => {
  const files = globSync(["lib/**/*.ts", "cli/**/*.ts", "functions/**/*.ts", "scripts/**/*.ts"], { cwd: ROOT });
  const found = new Map(
    files.flatMap((file) =>
      regularExpressions(readFileSync(join(ROOT, file), "utf8")).map((each) => [String(each), { file, each }] as const),
    ),
  );

  it("is found", () => {
    expect(found.size).toBeGreaterThan(100);
    expect(regularExpressions("const a = text.replace(/\\/+$/, ''); // 1 / 2 / 3").map(String)).toEqual(["/\\/+$/"]);
  });

  it("ends soon on long texts that repeat one thing", () => {
    const texts = REPEATED.flatMap((piece) => ENDS.map((end) => `x${piece.repeat(100_000 / piece.length)}${end}`));
    const slow = [...found.values()].flatMap(({ file, each }) => {
      const slowest = texts.find((text) => timeOf(() => text.replace(each, "")) > BOUND_MS);
      return slowest === undefined ? [] : [`${file}: ${each} on ${JSON.stringify(slowest.slice(0, 9))}…`];
    });
    expect(slow).toEqual([]);
  }, 120_000);
});

it("a stored object with lines of megabytes, which have a short gzip, is read soon", async () => {
  const lines = Array.from({ length: 10 }, (_, index) => ({ index, stream: "a".repeat(4_000_000) }));
  const { bytes } = await packLines(lines);
  expect(bytes.length).toBeLessThan(50_000);
  const beganMs = performance.now();
  const read: unknown[] = [];
  for await (const line of readLines(bytes, (each) => each)) read.push(line);
  expect(performance.now() - beganMs).toBeLessThan(BOUND_MS);
  expect(read).toHaveLength(10);
});

it("what the exports of some years cover is known soon", () => {
  const hour = (index: number): string => new Date(Date.UTC(2026, 0, 1, index)).toISOString();
  const coverage = createCoverage();
  for (let index = 0; index < 20_000; index++)
    coverage.add({ from: hour(index), until: hour(index + 1), writtenAt: hour(index + 1) });
  const first = Date.parse(hour(10));
  const beganMs = performance.now();
  const isKnown = (until: number): boolean => coverage.isComplete(first, Date.parse(hour(until)));
  const known = Array.from({ length: 20_000 }, (_, until) => isKnown(until));
  expect(performance.now() - beganMs).toBeLessThan(BOUND_MS);
  // The last export covers the time in which the one before it was written, and none covers that of the last.
  expect([known.indexOf(false), known.lastIndexOf(true)]).toEqual([19_999, 19_998]);
});

describe("an argument of 200 kB", () => {
  const long = (piece: string, end = "x") => piece.repeat(200_000 / piece.length) + end;
  const deps = { input: Readable.from([]), out: { warn: () => {} } } as unknown as CommandDeps;

  it.each(["/", ".", "a.", "a/", " ", "\\", "%", "é"])("is refused soon, or read: %j", async (piece) => {
    const text = long(piece);
    const beganMs = performance.now();
    const refused = await Promise.allSettled([
      readStreams([text], deps),
      readStreams([`a${text}`, "b"], deps),
      (async () => streamOf(text))(),
      (async () => operatorUrl(`https://offair.example/${text}`, { AWS_REGION: "eu-west-1" }))(),
      (async () => momentOf(text))(),
      copyTo(`/nowhere/${text}`, [], {} as never, () => {}),
    ]);
    expect(performance.now() - beganMs).toBeLessThan(BOUND_MS);
    expect(refused[0].status).toBe("rejected");
  });
});
