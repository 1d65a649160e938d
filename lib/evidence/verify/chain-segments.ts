/** Separates the chain of a bundle from rotation entries that are included only to lead from one signing key to the next. */

export interface ChainSegments {
  /** Numbers of the chain, ascending. A number missing between the first and the last one is a gap. */
  readonly chain: readonly number[];
  /** Rotations before or after the chain. Without their neighbours they prove keys, and nothing about the time between. */
  readonly keyEntries: readonly number[];
}

/**
 * Splits the numbers into runs without gaps. Leading and trailing runs that consist of trusted rotations only are key entries; everything
 * from the first other run to the last other run is the chain.
 *
 * @param rotations - numbers of the trusted rotations.
 */
export function chainSegments(numbers: readonly number[], rotations: ReadonlySet<number>): ChainSegments {
  const runs: number[][] = [];
  for (const number of [...numbers].sort((a, b) => a - b)) {
    const run = runs.at(-1);
    if (run?.at(-1) === number - 1) run.push(number);
    else runs.push([number]);
  }
  const isChain = (run: readonly number[]) => !run.every((number) => rotations.has(number));
  const first = Math.max(0, runs.findIndex(isChain));
  const last = runs.findLastIndex(isChain);
  return {
    chain: runs.slice(first, last + 1).flat(),
    keyEntries: [...runs.slice(0, first), ...runs.slice(last + 1)].flat(),
  };
}
