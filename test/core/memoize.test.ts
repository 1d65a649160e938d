import { expect, it } from "@jest/globals";
import { memoize } from "../../lib/core/memoize.ts";

/** What was made, and of what, in order. */
function maker() {
  const made: string[] = [];
  const make = (text: string) => {
    made.push(text);
    if (text === "wrong") throw new Error("cannot be made");
    return { text };
  };
  return { made, make: memoize(make) };
}

it("makes once what is asked for again, and of each text its own", () => {
  const { made, make } = maker();
  expect(make("a")).toBe(make("a"));
  expect(make("b")).toEqual({ text: "b" });
  expect(made).toEqual(["a", "b"]);
});

it("fails again where it failed", () => {
  const { made, make } = maker();
  expect(() => make("wrong")).toThrow("cannot be made");
  expect(() => make("wrong")).toThrow("cannot be made");
  expect(made).toEqual(["wrong", "wrong"]);
});

it("lets go of the oldest, so that texts which never return do not pile up", () => {
  const { made, make } = maker();
  for (let i = 0; i < 65; i++) make(`${i}`);
  make("64");
  make("1");
  expect(made).toHaveLength(65);
  make("0");
  expect(made.slice(65)).toEqual(["0"]);
});
