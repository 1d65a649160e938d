/** The time until a case is due, which goes on while the case is on the screen. */
import type { ReviewRow } from "../../lib/operator/contract/response-schema.ts";
import { say } from "../i18n/say.ts";
import { useNow } from "../ui/time.tsx";
import { CASE } from "./case-texts.ts";
import { leftText, timeLeft } from "./words.ts";

export function TimeLeftText({ row, readAtMs }: { readonly row: ReviewRow; readonly readAtMs: number }) {
  const now = useNow();
  const left = timeLeft(row, now - readAtMs);
  if (!left) return <span class="muted">{say(CASE.noDue)}</span>;
  return <strong class={`left ${left.level}`}>{leftText(left)}</strong>;
}
