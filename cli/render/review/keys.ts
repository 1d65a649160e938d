/** What the keys of a review do, as the prompt, the help and the summary say it. */
import type { ReviewCase } from "../../../lib/operator/contract/response-schema.ts";
import type { Out } from "../../terminal/output.ts";

/** In the order in which they give way if the line is too long. */
const ITEMS: readonly (readonly [key: string, word: string, leaves: number])[] = [
  ["a", "approve", 0],
  ["r", "reject", 0],
  ["s", "skip", 0],
  ["n", "note", 2],
  ["o", "opinion", 1],
  ["v", "all", 3],
  ["?", "help", 0],
  ["q", "quit", 0],
];

interface PromptView {
  readonly now: Date;
  readonly columns: number;
  readonly paint: Out["paint"];
}

/** The keys, and the time for which the case is held, in one line. */
export function casePrompt(
  { holder, appealed }: Pick<ReviewCase, "holder" | "appealed">,
  { now, columns, paint }: PromptView,
): string {
  const seconds = holder ? Math.ceil((Date.parse(holder.until) - now.getTime()) / 1_000) : Number.NaN;
  const hold = holdText(seconds);
  const room = columns - 2 - hold.length;
  const all = appealed ? ITEMS.map((each) => (each[0] === "a" ? (["a", "grant", 0] as const) : each)) : ITEMS;
  let items = all;
  for (let leaves = 3; leaves > 0 && widthOf(items) > room; leaves -= 1) {
    items = items.filter((each) => each[2] !== leaves);
  }
  const keys = items.map(([key, word]) => `${paint("bold", key)} ${word}`).join("  ");
  return `${keys}  ${seconds < SOON_S ? paint("yellow", hold) : paint("dim", hold)} `;
}

const widthOf = (items: typeof ITEMS): number =>
  items.reduce((sum, [key, word]) => sum + key.length + word.length + 3, 0);

const SOON_S = 60;

function holdText(seconds: number): string {
  if (Number.isNaN(seconds)) return "";
  if (seconds <= 0) return "not held any more: h holds it again";
  const time = `${Math.floor(seconds / 60)}:${`${seconds % 60}`.padStart(2, "0")}`;
  return seconds < SOON_S ? `held ${time}, h longer` : `held ${time}`;
}

export const KEY_HELP: readonly string[] = [
  "  a  approve: asks what is to be done if no action was held, says what it does, and asks for the reason",
  "     of an appeal: grant it; the order is overturned, and the stream is enabled unless another order keeps it off",
  "  r  reject: asks for the reason; nothing is done to the stream. Of an appeal: the order stands",
  "  s  skip: others may take the case, and it does not come back in this session",
  "  n  note: add a note that others see",
  "  o  opinion: another person has to decide the case, and you cannot any more",
  "  h  hold the case for five minutes from now",
  "  v  show everything, if the case was too long for the screen",
  "  q  quit, and release the case",
  "A verdict is given only after its reason. Esc goes back, and any other key does nothing.",
];

export interface SessionCounts {
  readonly approved: number;
  readonly rejected: number;
  readonly skipped: number;
  readonly opinions: number;
}

export function summaryText({ approved, rejected, skipped, opinions }: SessionCounts): string {
  const decided = approved + rejected;
  const rest = [
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
    ...(opinions > 0 ? [`${opinions} left to another person`] : []),
  ];
  return [`${decided} decided (${approved} approved, ${rejected} rejected)`, ...rest].join(", ");
}
