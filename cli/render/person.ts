/** The persons and rules that rows name. */
import { personOf } from "../../lib/core/person-name.ts";
import { matchesGlob } from "../../lib/core/stream-name.ts";

export { personOf } from "../../lib/core/person-name.ts";

/** Whether a person or a rule matches the pattern of `--by`: as the whole text, as a heading shows it, or as a session's name without its role. */
export function isBy(by: string, pattern: string): boolean {
  const shown = personOf(by);
  const name = shown === by ? by : shown.slice(shown.lastIndexOf("/") + 1);
  return [by, shown, name].some((each) => matchesGlob(each, pattern));
}
