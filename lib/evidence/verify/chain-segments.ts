/** Which links of a bundle are its chain, and which are only there to lead from one key to the next. */

export interface ChainRun {
  /** In order. From the first to the last one there should be no other. */
  readonly numbers: readonly number[];
  /** Rotations from before or after: without their neighbours they prove keys, and nothing of what happened. */
  readonly keyEntries: readonly number[];
}

/** @param rotations - of those that are trusted, the numbers */
export function chainRun(numbers: readonly number[], rotations: ReadonlySet<number>): ChainRun {
  const pieces: number[][] = [];
  for (const number of [...numbers].sort((a, b) => a - b)) {
    const piece = pieces.at(-1);
    if (piece?.at(-1) === number - 1) piece.push(number);
    else pieces.push([number]);
  }
  const isChain = (piece: readonly number[]) => !piece.every((number) => rotations.has(number));
  const first = Math.max(0, pieces.findIndex(isChain));
  const last = pieces.findLastIndex(isChain);
  return {
    numbers: pieces.slice(first, last + 1).flat(),
    keyEntries: [...pieces.slice(0, first), ...pieces.slice(last + 1)].flat(),
  };
}
