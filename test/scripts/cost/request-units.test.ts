/** The examples of AWS's developer guide, and the rules that it states in words. */
import { describe, expect, it } from "@jest/globals";
import {
  bytesOfItem,
  chunksOf,
  type Index,
  indexWriteUnits,
  readUnits,
  type StoredItem,
  writeUnits,
} from "../../../scripts/cost/request-units.ts";

const KB = 1_024;
/** An item of so many bytes. */
const ofBytes = (bytes: number): StoredItem => ({ pk: { S: "x".repeat(bytes - "pk".length) } });

describe("the size of an item", () => {
  it("has the bytes of names and texts, in UTF-8", () => {
    expect(bytesOfItem({ "shirt-color": { S: "R" }, "shirt-size": { S: "M" } })).toBe(23); // the guide's example
    expect(bytesOfItem({ name: { S: "直播" } })).toBe(4 + 6);
  });

  it.each([
    ["27", 2],
    ["-27", 3],
    ["461", 3],
    ["17000000", 2], // zeros at the end do not count
    ["0.01", 2],
  ])("has for the number %s one byte for two significant digits and one more", (N, bytes) => {
    expect(bytesOfItem({ n: { N } })).toBe(1 + bytes);
  });

  it("has one byte for null and true, and three with one for each element for a list and a map", () => {
    expect(bytesOfItem({ a: { NULL: true }, b: { BOOL: false } })).toBe(4);
    expect(bytesOfItem({ l: { L: [{ S: "ab" }, { N: "1" }] } })).toBe(1 + 3 + (1 + 2) + (1 + 2));
    expect(bytesOfItem({ m: { M: { k: { S: "ab" } } } })).toBe(1 + 3 + 1 + 1 + 2);
  });
});

describe("a read", () => {
  it("counts 4 kB each, and half as much if it is eventually consistent", () => {
    expect([readUnits(3_500, true), readUnits(10 * KB, true), readUnits(8 * KB, true)]).toEqual([1, 3, 2]);
    expect([readUnits(3_500, false), readUnits(8 * KB, false)]).toEqual([0.5, 1]);
  });

  it("of a query counts the sum of the items, and of nothing one unit: 24 items of 1.5 kB are 36 kB", () => {
    expect(readUnits(24 * 1.5 * KB, true)).toBe(9);
    expect(readUnits(0, false)).toBe(0.5);
  });
});

describe("a write", () => {
  it("counts 1 kB each: 512 bytes are one, 1.5 kB are two", () => {
    expect([512, 1.5 * KB].map((bytes) => writeUnits(undefined, ofBytes(bytes)))).toEqual([1, 2]);
  });

  it("counts the larger of the item before and after it, also if nothing was written", () => {
    expect(writeUnits(ofBytes(3 * KB), ofBytes(100))).toBe(3);
    expect(writeUnits(ofBytes(100), ofBytes(3 * KB))).toBe(3);
    expect(writeUnits(ofBytes(2_500), undefined)).toBe(3);
    expect(writeUnits(undefined, undefined)).toBe(1);
  });
});

describe("an index", () => {
  const byTime: Index = { name: "byTime", keys: ["hour", "at"], projects: "all" };
  const some: Index = { name: "some", keys: ["hour", "at"], projects: ["kept"] };
  const item: StoredItem = { pk: { S: "p" }, sk: { S: "s" }, hour: { S: "h" }, at: { S: "1" }, other: { S: "a" } };
  const units = (index: Index, before?: StoredItem, after?: StoredItem) =>
    indexWriteUnits(index, ["pk", "sk"], before, after);

  it("takes one write for a new entry, and one for an entry that goes", () => {
    expect([units(byTime, undefined, item), units(byTime, item, undefined)]).toEqual([1, 1]);
  });

  it("takes two if the key of the entry changes: a delete and a put", () => {
    expect(units(byTime, item, { ...item, at: { S: "2" } })).toBe(2);
  });

  it("takes one if a projected attribute changes, and none for another one", () => {
    const changed = { ...item, other: { S: "b" } };
    expect([units(byTime, item, changed), units(some, item, changed)]).toEqual([1, 0]);
    expect(units(some, item, { ...item, kept: { N: "1" } })).toBe(1);
  });

  it("takes none for an item that lacks its key, before and after", () => {
    const { at: _, ...without } = item;
    expect([units(byTime, undefined, without), units(byTime, without, { ...without, other: { S: "b" } })]).toEqual([
      0, 0,
    ]);
    expect(units(byTime, item, without)).toBe(1);
  });
});

it("a message of 64 kB is one request of SQS, of 65 kB two", () => {
  expect([0, 64 * KB, 65 * KB, 256 * KB].map(chunksOf)).toEqual([1, 1, 2, 4]);
});
