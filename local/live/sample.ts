/** Returns `count` different items (or all) in random order: one page of a shuffled list, without shuffling the whole list. */
export function sample<T>(items: ArrayLike<T>, count: number, random: () => number): T[] {
  const moved = new Map<number, T>(); // the swaps of a Fisher–Yates shuffle that stops after `count` steps
  const at = (index: number) => moved.get(index) ?? (items[index] as T);
  return Array.from({ length: Math.min(count, items.length) }, (_, index) => {
    const other = index + Math.floor(random() * (items.length - index));
    const picked = at(other);
    moved.set(other, at(index));
    return picked;
  });
}
