/** A priority queue of items by due time (binary heap). Cancelled items stay in it; the caller skips them. */
export interface DueQueue<T> {
  add(dueMs: number, item: T): void;
  /** Removes and returns the earliest item due at or before `nowMs`. */
  take(nowMs: number): { dueMs: number; item: T } | undefined;
}

export function createDueQueue<T>(): DueQueue<T> {
  const heap: { dueMs: number; order: number; item: T }[] = [];
  let added = 0;
  const before = (left: number, right: number) => {
    const [a, b] = [heap[left], heap[right]];
    return !!a && !!b && (a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order));
  };
  const swap = (left: number, right: number) => {
    const [a, b] = [heap[left], heap[right]];
    if (a && b) [heap[left], heap[right]] = [b, a];
  };

  return {
    add(dueMs, item) {
      let at = heap.push({ dueMs, order: added++, item }) - 1;
      for (let parent = (at - 1) >> 1; at > 0 && before(at, parent); at = parent, parent = (at - 1) >> 1) {
        swap(at, parent);
      }
    },
    take(nowMs) {
      const first = heap[0];
      if (!first || first.dueMs > nowMs) return undefined;
      swap(0, heap.length - 1);
      heap.pop();
      for (let at = 0, child = 0; ; at = child) {
        child = 2 * at + 1;
        if (before(child + 1, child)) child += 1;
        if (!before(child, at)) break;
        swap(at, child);
      }
      return { dueMs: first.dueMs, item: first.item };
    },
  };
}
