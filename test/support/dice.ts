/** Dice for tests that change something at random places: the same seed gives the same throws. */
import { createRandom } from "../../local/kit/random.ts";

/** @returns a whole number from 0 (inclusive) to `below` (exclusive). */
export type Dice = (below: number) => number;

export function diceOf(seed: number): Dice {
  const random = createRandom(seed);
  return (below) => Math.floor(random() * below);
}

export const pick = <T>(roll: Dice, from: readonly T[]): T => from[roll(from.length)] as T;
