import { expect, it } from "@jest/globals";
import fc from "fast-check";
import { isUtf8Query, readQuery } from "../../lib/sources/query.ts";
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

it.each(["", "a=1&b=caf%C3%A9", "a=%F0%9F%8E%A5", "a=%EF%BF%BD", "a=100%", "a=%zz", "%=%&%41", "a=+b%20c"])(
  "%j is UTF-8",
  (raw) => {
    expect(isUtf8Query(raw)).toBe(true);
  },
);

it.each([
  ["a byte of Latin-1", "post_id=%E8"],
  ["one in a name", "%e9=1"],
  ["one among others", "a=1&b=caf%E9&c=2"],
  ["half of a character", "a=%C3"],
  ["a character in two parameters", "a=%C3&b=%A9"],
  ["an overlong form", "a=%C0%AF"],
  ["half of a surrogate pair", "a=%ED%A0%80"],
  ["a code point beyond the last", "a=%F4%90%80%80"],
  ["a character that is not percent-encoded", "a=caf\u00e9"],
  ["a byte that was replaced on the way", "a=caf\ufffd"],
])("%s is not: %j", (_, raw) => {
  expect(isUtf8Query(raw)).toBe(false);
});

it("what URLSearchParams encodes is UTF-8", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: "binary" }), fc.string({ unit: "binary" })), (query) => {
      expect(isUtf8Query(new URLSearchParams(Object.entries(query)).toString())).toBe(true);
    }),
  );
});
