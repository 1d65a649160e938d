/** Chance that can be repeated: mulberry32, a 32-bit generator. Not for secrets. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `count` different items (or all there are), in random order: one page of a list that was shuffled as a whole, without shuffling it. */
export function sample<T>(items: ArrayLike<T>, count: number, random: () => number): T[] {
  const moved = new Map<number, T>(); // the swaps of a Fisher–Yates shuffle that was stopped after `count` steps
  const at = (index: number) => moved.get(index) ?? (items[index] as T);
  return Array.from({ length: Math.min(count, items.length) }, (_, index) => {
    const other = index + Math.floor(random() * (items.length - index));
    const picked = at(other);
    moved.set(other, at(index));
    return picked;
  });
}
