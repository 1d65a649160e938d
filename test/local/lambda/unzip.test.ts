import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { unzip } from "../../../local/lambda/unzip.ts";

/** Written by Python's zipfile: a deflated dist/webhook/index.mjs and a stored stored.txt. */
const ARCHIVE =
  "UEsDBBQAAAAIAAAAIQDPeiv3IQAAADQAAAAWAAAAZGlzdC93ZWJob29rL2luZGV4Lm1qc0utKMgvKlFIzs8rLlHISMxLyUktUrBVMLRW0NeH89FoAFBLAwQUAAAAAAAAACEAsyROlggAAAAIAAAACgAAAHN0b3JlZC50eHRhcyBpdCBpc1BLAQIUAxQAAAAIAAAAIQDPeiv3IQAAADQAAAAWAAAAAAAAAAAAAACAAQAAAABkaXN0L3dlYmhvb2svaW5kZXgubWpzUEsBAhQDFAAAAAAAAAAhALMkTpYIAAAACAAAAAoAAAAAAAAAAAAAAIABVQAAAHN0b3JlZC50eHRQSwUGAAAAAAIAAgB8AAAAhQAAAAAA";
/** One stored entry, ../escaped.txt. */
const ESCAPING =
  "UEsDBBQAAAAAAAAAIQCZbeq5AwAAAAMAAAAOAAAALi4vZXNjYXBlZC50eHRvdXRQSwECFAMUAAAAAAAAACEAmW3quQMAAAADAAAADgAAAAAAAAAAAAAAgAEAAAAALi4vZXNjYXBlZC50eHRQSwUGAAAAAAEAAQA8AAAALwAAAAAA";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "offair-unzip-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

async function unpack(content: Buffer): Promise<void> {
  writeFileSync(join(directory, "package.zip"), content);
  await unzip(join(directory, "package.zip"), join(directory, "task"));
}

it("unpacks deflated and stored files at their paths", async () => {
  await unpack(Buffer.from(ARCHIVE, "base64"));
  expect(readFileSync(join(directory, "task/dist/webhook/index.mjs"), "utf8")).toMatch(/^export const handler = 1;/);
  expect(readFileSync(join(directory, "task/stored.txt"), "utf8")).toBe("as it is");
});

it("writes nothing outside the directory", async () => {
  await expect(unpack(Buffer.from(ESCAPING, "base64"))).rejects.toThrow("../escaped.txt would be written outside");
  expect(existsSync(join(directory, "escaped.txt"))).toBe(false);
});

it("refuses what is not a zip", async () => {
  await expect(unpack(Buffer.from("not a zip, but long enough to look for its end"))).rejects.toThrow("is not a zip");
});
