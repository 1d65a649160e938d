/** Times several ways of doing the same inside one process: a round is one sample of each, and who begins changes with every round. */
import type { Samples } from "./bench.ts";

/** Does it so many times in a row. A loop of its own a side, so that none is slowed by what another has taught the compiler. */
export type Side = (times: number) => void | Promise<void>;

export interface Turns {
  readonly rounds: number;
  /** A sample takes about so long: far longer than the clock is coarse. */
  readonly sampleMs: number;
}

const WARM_UP_MS = 300;

export async function takeTurns(
  sides: Readonly<Record<string, Side>>,
  { rounds, sampleMs }: Turns,
): Promise<Record<string, Samples>> {
  const taking: Taking[] = [];
  for (const [name, side] of Object.entries(sides)) {
    taking.push({ name, side, times: await timesWithin(side, sampleMs), values: [] });
  }
  for (let round = 0; round < rounds; round++) {
    for (const { side, times, values } of rotated(taking, round)) {
      values.push(((await elapsedMs(side, times)) * 1e6) / times);
    }
  }
  return Object.fromEntries(taking.map(({ name, values }) => [name, { unit: "ns", values }]));
}

interface Taking {
  readonly name: string;
  readonly side: Side;
  readonly times: number;
  readonly values: number[];
}

/** Begins with another one every round: what runs after a hungry neighbour finds its garbage. */
export const rotated = <T>(all: readonly T[], round: number): T[] => {
  const first = all.length === 0 ? 0 : round % all.length;
  return [...all.slice(first), ...all.slice(0, first)];
};

/** Warms the side up, and tells how often it fits into a sample. */
async function timesWithin(side: Side, sampleMs: number): Promise<number> {
  let times = 1;
  const until = performance.now() + WARM_UP_MS;
  for (;;) {
    const ms = await elapsedMs(side, times);
    if (performance.now() >= until) return Math.max(1, Math.round((times * sampleMs) / ms));
    if (ms < sampleMs) times *= 2;
  }
}

async function elapsedMs(side: Side, times: number): Promise<number> {
  const start = performance.now();
  await side(times);
  return performance.now() - start;
}
