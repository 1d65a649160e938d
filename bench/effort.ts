/** How much a bench measures: rounds until the spread of each row is narrow, within limits. */
import { SECOND_MS } from "../lib/core/time.ts";
import type { Effort, Measured } from "./bench.ts";
import { MIN_ROUNDS, ratioOf, spreadOf } from "./ratio.ts";

/** The spread of a row that needs no further round. */
export const NARROW = 0.05;
const QUICK_SECONDS = 3;
/** Looks at the spread after a fifth more rounds, because one of many looks would find it narrow by chance. */
const NEXT_LOOK = 1.2;

export function createEffort(isQuick: boolean, nowMs: () => number = () => performance.now()): Effort {
  return {
    isQuick,
    *rounds(measured, { atLeast = MIN_ROUNDS, atMost, seconds }) {
      const endMs = nowMs() + (isQuick ? Math.min(QUICK_SECONDS, seconds) : seconds) * SECOND_MS;
      let look = isQuick ? MIN_ROUNDS : atLeast;
      for (let round = 0; round < atMost; round++) {
        if (round > 0 && nowMs() >= endMs) return;
        if (round >= look) {
          if (areNarrow(measured)) return;
          look = Math.ceil(round * NEXT_LOOK);
        }
        yield round;
      }
    },
  };
}

const areNarrow = ({ rows, samples }: Measured): boolean =>
  rows.every((row) => (spreadOf(ratioOf(row, samples)) ?? Number.POSITIVE_INFINITY) < NARROW);
