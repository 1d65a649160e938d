import { expect, it } from "@jest/globals";
import { compareRights } from "../../scripts/compare-rights.ts";

it("has no problem if every right was used or is explained", () => {
  expect(compareRights(["a", "b", "b"], ["b", "b"], { a: "for a case that no exercise plays" })).toEqual([]);
});

it.each([
  ["an unused right", ["a", "b"], ["a"], {}, "b: no function used it"],
  ["an explanation of a right that is used", ["a"], ["a"], { a: "reason" }, "a: it is used"],
  ["an explanation of a right that no role has", ["a"], ["a"], { c: "reason" }, "c: no role has it"],
  ["a record of another template", ["a"], ["a", "z"], {}, "z: it was used, but this template does not give it"],
])("names %s, and what to do", (_, given, used, explained, problem) => {
  expect(compareRights(given, used, explained)).toEqual([expect.stringContaining(problem)]);
});
