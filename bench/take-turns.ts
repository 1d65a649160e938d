/** Times several implementations in one process: a round is one sample of each, and their order changes with every round. */
import type { Measured, Row, Samples } from "./bench.ts";

/** Runs an implementation a number of times. Each side has its own loop, so that the compiler optimises each separately. */
export type Side = (times: number) => void | Promise<void>;

export interface Turns {
  readonly rows: readonly Row[];
  /** The numbers of the rounds, while the samples of each are added. */
  readonly rounds: (measured: Measured) => Iterable<number>;
  /** Approximate duration of a sample, much longer than the clock's resolution. */
  readonly sampleMs: number;
}

const WARM_UP_MS = 300;

export async function takeTurns(
  sides: Readonly<Record<string, Side>>,
  { rows, rounds, sampleMs }: Turns,
): Promise<Measured> {
  const taking: Taking[] = [];
  for (const [name, side] of Object.entries(sides)) {
    taking.push({ name, side, times: await timesWithin(side, sampleMs), values: [] });
  }
  const samples = Object.fromEntries(
    taking.map(({ name, values }): [string, Samples] => [name, { unit: "ns", values }]),
  );
  const measured = { rows, samples };
  for (const round of rounds(measured)) {
    for (const { side, times, values } of rotated(taking, round)) {
      values.push(((await elapsedMs(side, times)) * 1e6) / times);
    }
  }
  return measured;
}

interface Taking {
  readonly name: string;
  readonly side: Side;
  readonly times: number;
  readonly values: number[];
}

/** Starts with another side in every round, because a side may have to collect the garbage of the one before. */
export const rotated = <T>(all: readonly T[], round: number): T[] => {
  const first = all.length === 0 ? 0 : round % all.length;
  return [...all.slice(first), ...all.slice(0, first)];
};

/** Warms the side up, and returns the number of runs in a sample. */
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
