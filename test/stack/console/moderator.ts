/** A person who decides cases in the console with the keyboard: reads each case for a moment, and presses the keys of one decision. */
import { setTimeout as sleep } from "node:timers/promises";
import { USUAL_REASONS } from "../../../lib/operator/contract/usual-reasons.ts";
import { type Dice, pick } from "../../support/dice.ts";
import type { OpenedConsole } from "./open-page.ts";

/** How long a case is read. */
const READS_MS = 400;
/** A key that the page did not take is pressed again: late, because on a busy machine it may be taken late, and twice is another decision. */
const AGAIN_MS = 2_000;

export interface Clicked {
  readonly verdict: "approved" | "rejected";
  readonly reason: string;
  readonly action: "pause" | "disable" | undefined;
}

export interface Shift {
  /** In the order in which they were decided. */
  readonly clicked: readonly (readonly [key: string, clicked: Clicked])[];
  /** From the first case until the last decision. */
  readonly decidedInMs: number;
}

export interface Orders {
  readonly roll: Dice;
  /** Called when a case is on the screen, before it is decided. @returns false to stop. */
  readonly onShown: (key: string) => boolean;
  readonly onClicked: (key: string, clicked: Clicked) => void;
}

/** Decides one case after another, until none is there. */
export async function moderate({ page, press }: OpenedConsole, { roll, onShown, onClicked }: Orders): Promise<Shift> {
  const clicked: [string, Clicked][] = [];
  const legend = () => page.locator("legend").first();
  let last = "";
  let decidedAt = 0;
  let beganAt: number | undefined;
  for (;;) {
    const other = page.locator(`article[data-case]:not([data-case="${last}"]), .no-case h2`).first();
    await other.waitFor();
    const key = await other.getAttribute("data-case");
    if (key !== null) beganAt ??= performance.now();
    if (key === null || !onShown(key)) return { clicked, decidedInMs: decidedAt - (beganAt ?? decidedAt) };
    await sleep(READS_MS);
    const decision = decide(roll);
    for (const [index, each] of decision.keys.entries()) {
      const isLast = index === decision.keys.length - 1;
      const before = await legend().innerText();
      for (let waits = true; waits; ) {
        await press(each);
        waits = !(await hasTaken(isLast));
      }
      async function hasTaken(isDecided: boolean): Promise<boolean> {
        const until = performance.now() + AGAIN_MS;
        while (performance.now() < until) {
          const gone = (await page.locator(`article[data-case="${key}"]`).count()) === 0;
          if (isDecided ? gone : (await legend().innerText()) !== before) return true;
          await sleep(10);
        }
        return false;
      }
    }
    onClicked(key, decision.clicked);
    clicked.push([key, decision.clicked]);
    decidedAt = performance.now();
    last = key;
  }
}

function decide(roll: Dice): { readonly keys: readonly string[]; readonly clicked: Clicked } {
  if (roll(2) === 0) {
    const index = roll(USUAL_REASONS.reject.length);
    const reason = USUAL_REASONS.reject[index] ?? "";
    return { keys: ["r", `${index + 1}`], clicked: { verdict: "rejected", reason, action: undefined } };
  }
  const [key, action] = pick(roll, [
    ["p", "pause"],
    ["d", "disable"],
  ] as const);
  const index = roll(USUAL_REASONS.approve.length);
  const reason = USUAL_REASONS.approve[index] ?? "";
  return { keys: ["a", key, `${index + 1}`], clicked: { verdict: "approved", reason, action } };
}
