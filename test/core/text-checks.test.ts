import { expect, it } from "@jest/globals";
import fc from "fast-check";
import * as z from "zod";
import { issuesOf } from "../../lib/core/issues.ts";
import { matchesAll, type TextRule, wellFormed } from "../../lib/core/text-checks.ts";
import "../support/runs.ts";

const RULES: readonly TextRule[] = [
  { holds: (text) => text.length <= 3, message: "must be short" },
  wellFormed,
  { holds: (text) => !text.includes("a"), message: "must be without an a" },
];
const text = fc.string({ unit: fc.constantFrom("a", "b", "\ud800", "💥"), maxLength: 5 });

it("finds what so many refinements would find, in their order, and what stands before and after them as well", () => {
  const together = z
    .string()
    .min(1)
    .check(matchesAll(...RULES))
    .max(4);
  const oneByOne = RULES.reduce((schema, { holds, message }) => schema.refine(holds, message), z.string().min(1)).max(
    4,
  );
  const read = (schema: z.ZodType, value: unknown) => {
    const { data, error } = schema.safeParse(value);
    return error ? issuesOf(error) : data;
  };
  fc.assert(
    fc.property(fc.oneof(text, fc.anything()), (value) => {
      expect(read(together, value)).toEqual(read(oneByOne, value));
    }),
  );
  expect(read(together, "aa\ud800a")).toHaveLength(3);
});
