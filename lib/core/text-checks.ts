/**
 * Several rules of one text as one check of its schema: zod takes longer for a `refine` than most rules do, and a stream name with its
 * four is read in half the time.
 */
import type * as z from "zod";

export interface TextRule {
  readonly holds: (text: string) => boolean;
  readonly message: string;
}

/** For `.check()`. A rule that does not hold is a fault of its own, in this order: the same faults as with a `refine` each. */
export const matchesAll =
  (...rules: readonly TextRule[]) =>
  ({ value, issues }: z.core.ParsePayload<string>): void => {
    for (const { holds, message } of rules) {
      if (!holds(value)) issues.push({ code: "custom", message, input: value, continue: true });
    }
  };

export const wellFormed: TextRule = {
  holds: (text) => text.isWellFormed(),
  message: "must not hold half of a surrogate pair",
};

/** Lengths as people count them: a character is a code point. */
/** Counts only where it has to: no text has more code points than UTF-16 units. */
export const hasAtMost = (max: number, text: string): boolean => text.length <= max || [...text].length <= max;
