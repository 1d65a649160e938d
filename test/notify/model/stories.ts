/** Stories, and what a story comes to. A story that fails is printed with its seed, in the fewest acts that still fail. */
import fc from "fast-check";
import { act, play } from "./acts.ts";
import { judge, settle } from "./judge.ts";
import { createWorld, type Saboteur } from "./world.ts";

export const story = fc.record({
  acts: fc.array(act, { minLength: 1, maxLength: 40, size: "max" }),
  dice: fc.integer({ min: 1, max: 0x7ffffffe }),
});

/** Numbers from 0 to 1: the same ones from the same seed. */
function createDice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 0x7fffffff;
    return state / 0x7fffffff;
  };
}

/** @returns what is broken at the end. */
export async function tell(
  { acts, dice }: typeof story extends fc.Arbitrary<infer T> ? T : never,
  sabotage?: Saboteur,
): Promise<string[]> {
  const world = createWorld(createDice(dice), sabotage);
  await world.advance(2 * 60_000); // the subscribers have started
  for (const each of acts) await play(world, each);
  await settle(world);
  return judge(world);
}
