import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { jsonPointer } from "../../lib/core/issues.ts";
import { listAt, numberAt, textAt, valueAt } from "../../lib/sources/pointer.ts";
import "../support/runs.ts";

/** The document of RFC 6901, section 5. */
const RFC = {
  foo: ["bar", "baz"],
  "": 0,
  "a/b": 1,
  "c%d": 2,
  "e^f": 3,
  "g|h": 4,
  "i\\j": 5,
  'k"l': 6,
  " ": 7,
  "m~n": 8,
};

describe("a JSON pointer", () => {
  it.each([
    ["", RFC],
    ["/foo", ["bar", "baz"]],
    ["/foo/0", "bar"],
    ["/", 0],
    ["/a~1b", 1],
    ["/c%d", 2],
    ["/e^f", 3],
    ["/g|h", 4],
    ["/i\\j", 5],
    ['/k"l', 6],
    ["/ ", 7],
    ["/m~0n", 8],
  ])("%j points where RFC 6901 says", (pointer, value) => {
    expect(valueAt(RFC, pointer)).toEqual(value);
  });

  it.each([
    "/foo/2",
    "/foo/-",
    "/foo/00",
    "/foo/01",
    "/foo/length",
    "/foo/0/length",
    "/foo/0/0",
    "/none",
    "/none/deeper",
  ])("%s points to nothing", (pointer) => {
    expect(valueAt(RFC, pointer)).toBeUndefined();
  });

  it.each(["/__proto__", "/constructor", "/constructor/name", "/toString", "/foo/map", "/foo/__proto__"])(
    "%s finds no inherited name",
    (pointer) => {
      expect(valueAt(RFC, pointer)).toBeUndefined();
    },
  );

  it("finds every value of any document under the pointer that we would write for it", () => {
    const visit = (document: unknown, value: unknown, path: PropertyKey[]): void => {
      expect(valueAt(document, jsonPointer(path))).toBe(value);
      if (typeof value !== "object" || value === null) return;
      for (const [key, member] of Object.entries(value)) visit(document, member, [...path, key]);
    };
    fc.assert(
      fc.property(fc.json(), (text) => {
        const document: unknown = JSON.parse(text);
        visit(document, document, []);
      }),
    );
  });
});

describe("what stands there", () => {
  const at = (value: unknown) => ({ text: textAt({ value }, "/value"), number: numberAt({ value }, "/value") });
  it.each<[unknown, string | undefined, number | undefined]>([
    ["room", "room", undefined],
    [" ", " ", undefined],
    ["", undefined, undefined],
    ["0.93", "0.93", 0.93],
    ["-2", "-2", -2],
    [7, "7", 7],
    [0.5, "0.5", 0.5],
    [2 ** 53, undefined, 2 ** 53], // JSON.parse gives it for 2^53 + 1 too
    [1e21, undefined, 1e21],
    ["1e3", "1e3", undefined],
    ["0x10", "0x10", undefined],
    [" 5", " 5", undefined],
    ["5\n", "5\n", undefined],
    ["9".repeat(400), "9".repeat(400), undefined],
    [Number.POSITIVE_INFINITY, undefined, undefined], // JSON.parse gives it for 1e999
    [true, undefined, undefined],
    [null, undefined, undefined],
    [["a"], undefined, undefined],
    [{ a: 1 }, undefined, undefined],
  ])("%j", (value, text, number) => {
    expect(at(value)).toEqual({ text, number });
  });

  it("is a list, or an empty one", () => {
    expect(listAt(RFC, "/foo")).toEqual(["bar", "baz"]);
    for (const pointer of ["/none", "/foo/0", "/a~1b"]) expect(listAt(RFC, pointer)).toEqual([]);
  });
});
