import fc from "fast-check";
import { HOSTILE_TEXTS } from "../support/hostile-names.ts";

/** Text of a person who wants it to be obeyed, or of any length and alphabet. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    ...HOSTILE_TEXTS.map(({ name }) => name).filter((name) => name.isWellFormed()),
    "{facts}{stream}",
    "{nobody}",
  ),
  fc.string({ minLength: 1, maxLength: 40 }),
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 600 }).filter((text) => text.isWellFormed()),
);
