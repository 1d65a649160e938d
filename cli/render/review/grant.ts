/** What the grant of an appeal does, by its dry run. */
import { escapeInvisible } from "../../../lib/core/escape-invisible.ts";
import type { Result } from "../../../lib/operator/contract/response-schema.ts";
import { untilText } from "../../terminal/duration.ts";

export function grantText({ action, staysOff }: Result): string {
  if (action === undefined)
    return "overturn its order; the stream is not off by it any more, so nothing is sent to Live";
  if (!staysOff) return "overturn its order, and enable the stream";
  return `overturn its order; the stream stays off${untilText(staysOff.until)} by another one: ${escapeInvisible(staysOff.by)}`;
}
