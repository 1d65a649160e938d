import { gzipSync } from "node:zlib";
import { describe, expect, it } from "@jest/globals";
import { packLines } from "../../lib/archive/ndjson.ts";
import { objectIssue } from "../../lib/archive/object-issue.ts";
import { describe as describeObject } from "../../lib/archive/object-store.ts";

const NAME = "snapshots/domain=push.example.com/dt=2026-11-20/020000Z.ndjson.gz";
const LINES = [{ stream: "one" }, { stream: "zwölf" }];
const text = LINES.map((line) => `${JSON.stringify(line)}\n`).join("");
const DECOMPRESSED = /^decompressed on the way: .* download it raw$/;

async function issueOf(bytes: Uint8Array, lines: readonly object[] = LINES, name = NAME) {
  return objectIssue(describeObject({ name, bytes: (await packLines(lines)).bytes }), bytes);
}

it("of the bytes that were stored there is none", async () => {
  expect(await issueOf((await packLines(LINES)).bytes)).toBeUndefined();
});

describe("a list that was decompressed on the way is called so, and is altered:", () => {
  it.each<[string, string, readonly object[]]>([
    ["shorter than its gzip", text, LINES],
    ["longer than its gzip", text.repeat(100), Array.from({ length: 100 }, () => LINES).flat()],
    ["without any line", "", []],
    ["and then changed, which nobody can tell", text.replace("one", "two"), LINES],
  ])("%s", async (_, bytes, lines) => {
    expect(await issueOf(Buffer.from(bytes), lines)).toEqual({
      kind: "altered",
      message: expect.stringMatching(DECOMPRESSED),
    });
  });
});

describe("anything else is not called so:", () => {
  it.each<[string, Uint8Array, string, RegExp]>([
    ["another gzip", gzipSync(text, { level: 1 }), "altered", /hash/],
    ["an empty file in the place of a list with lines", Buffer.alloc(0), "truncated", /has 0 of/],
    ["lines that were cut", Buffer.from(text.slice(0, -1)), "truncated", /^has/],
    ["bytes that are no text", Buffer.concat([Buffer.from("{"), Buffer.of(0xff, 0x0a)]), "truncated", /^has/],
  ])("%s", async (_, bytes, kind, message) => {
    const { bytes: stored } = await packLines(LINES);
    const padded = kind === "altered" ? Buffer.concat([bytes, stored]) : bytes;
    expect(await issueOf(padded)).toEqual({ kind, message: expect.stringMatching(message) });
  });

  it("a page, which is stored as it is", async () => {
    expect((await issueOf(Buffer.from(text), LINES, "pages/dt=2026-11-20/020000Z.html"))?.message).not.toMatch(
      DECOMPRESSED,
    );
  });
});
