import { expect, it } from "@jest/globals";
import { definedOnly } from "../../lib/core/defined-only.ts";

it("leaves out undefined values only", () => {
  const properties = definedOnly({ a: undefined, b: null, c: 0, d: "", e: false, f: [] });
  expect(Object.entries(properties)).toEqual([
    ["b", null],
    ["c", 0],
    ["d", ""],
    ["e", false],
    ["f", []],
  ]);
});
