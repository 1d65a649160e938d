import { gzipSync } from "node:zlib";
import { expect, it } from "@jest/globals";
import fc from "fast-check";
import { packLines, readLines } from "../../lib/archive/ndjson.ts";
import { collect } from "../support/collect.ts";
import "../support/runs.ts";

const read = (bytes: Uint8Array) => collect(readLines(bytes, (line) => line));

it("lines are read as they were packed, whatever is in them and however many there are", async () => {
  const text = fc.string({ unit: "binary", maxLength: 200 });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.record({ name: text }), { maxLength: 50 }), async (values) => {
      const { bytes, count } = await packLines(values);
      expect(count).toBe(values.length);
      expect(await read(bytes)).toEqual(values);
    }),
  );
  const many = Array.from({ length: 20_000 }, (_, index) => ({ index, name: "\u{1f600}".repeat(index % 50) }));
  expect(await read((await packLines(many)).bytes)).toEqual(many);
});

it("the same lines are the same bytes", async () => {
  const values = [{ a: 1 }, { b: "\n" }];
  expect((await packLines(values)).bytes).toEqual((await packLines(values)).bytes);
});

it.each<[string, Uint8Array]>([
  ["no gzip", Buffer.from("{}\n")],
  ["half of a gzip", gzipSync('{"a":1}\n').subarray(0, 12)],
  ["no JSON", gzipSync("hunter2\n")],
  ["a line longer than any", gzipSync(`"${"x".repeat(5_000_000)}"\n`)],
  ["bytes that are not UTF-8", gzipSync(Buffer.from('{"a":"caf\u00e9"}\n', "latin1"))],
  ["half of a character at the end", gzipSync(Buffer.concat([Buffer.from('{"a":1}\n'), Buffer.from([0xc3])]))],
  ["nothing but line ends, which would be read for hours", gzipSync(Buffer.alloc(100_000, "\n"))],
  ["an empty line among others", gzipSync('{"a":1}\n\n{"a":2}\n')],
  ["half of a line", gzipSync('{"a":1}\n{"a":')],
])("%s is refused as an object that cannot be read", async (_, bytes) => {
  await expect(read(bytes)).rejects.toMatchObject({ code: "ERR_ARCHIVE" });
});

it("a fault of whoever packs ends the packing", async () => {
  async function* failing() {
    yield { a: 1 };
    throw new Error("the ledger is away");
  }
  await expect(packLines(failing())).rejects.toThrow("the ledger is away");
});
