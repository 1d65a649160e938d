import { expect, it } from "@jest/globals";
import fc from "fast-check";
import { readQuery } from "../../lib/sources/query.ts";
import "../support/runs.ts";

it.each<[string, Record<string, string>]>([
  ["", {}],
  ["stream=push.example.com%2Flive%2Froom-42&x=", { stream: "push.example.com/live/room-42", x: "" }],
  ["a=1&b=2&a=3", { a: "1", b: "2" }],
  ["a=1,2", { a: "1,2" }],
  ["q=a+b%20c", { q: "a b c" }],
  ["constructor=1", { constructor: "1" }],
])("%j is read", (raw, query) => {
  expect(readQuery(raw)).toEqual(query);
});

it("a name that objects inherit is a name like any other", () => {
  const query = readQuery("__proto__=x&toString=y");
  expect(Object.entries(query).sort()).toEqual([
    ["__proto__", "x"],
    ["toString", "y"],
  ]);
  expect(Object.getPrototypeOf(query)).toBe(Object.prototype);
});

it("whatever was asked is read as it was meant, and what was not is no error", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.string()), fc.string(), (query, any) => {
      const wellFormed = Object.entries(query).map(([name, value]) => [name.toWellFormed(), value.toWellFormed()]);
      const distinct = Object.fromEntries(wellFormed);
      expect(readQuery(new URLSearchParams(Object.entries(distinct)).toString())).toEqual(distinct);
      expect(Object.values(readQuery(any)).every((value) => typeof value === "string")).toBe(true);
    }),
  );
});
