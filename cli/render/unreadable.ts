/** Rows of Live's lists that offair cannot read. */
import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import type { UnreadableRows } from "../../lib/operator/contract/response-schema.ts";
import { countOf, numberText } from "../terminal/number-text.ts";

const SHOWN = 5;

/** @param because - why the rows matter to the reader. */
export function* unreadableText(unreadable: UnreadableRows | undefined, because: string): Generator<string> {
  if (!unreadable || unreadable.count === 0) return;
  const { count, first } = unreadable;
  yield `${countOf(count, "row")} of Live's list cannot be read: ${because}`;
  for (const { domain, app = "?", stream = "?", issue } of first.slice(0, SHOWN)) {
    yield `  ${escapeInvisible(`${domain}/${app}/${stream}`)}: ${escapeInvisible(issue)}`;
  }
  const rest = count - Math.min(SHOWN, first.length);
  if (rest > 0) yield `  … and ${numberText(rest)} more`;
}
