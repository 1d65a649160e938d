/** The persons and rules that rows name. */
import { personOf } from "../../lib/core/person-name.ts";
import { matchesGlob } from "../../lib/core/stream-name.ts";

export { personOf } from "../../lib/core/person-name.ts";

/** Whether a person or a rule matches the pattern of `--by`: as the whole text, or as a heading shows it. */
export const isBy = (by: string, pattern: string): boolean =>
  matchesGlob(by, pattern) || matchesGlob(personOf(by), pattern);
