/** Combines several rules for a text into one zod check, which is faster than one `refine` per rule (docs/adr/0018). */
import type * as z from "zod";

export interface TextRule {
  readonly holds: (text: string) => boolean;
  readonly message: string;
}

/** For `.check()`: adds one issue for each rule that does not hold, in this order. */
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

/** Whether a text has at most `max` code points. It has never more code points than UTF-16 units. */
export const hasAtMost = (max: number, text: string): boolean => text.length <= max || [...text].length <= max;
