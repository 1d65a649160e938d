/** Reads up to `width` items concurrently, and yields the results in order. */
export async function* ahead<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  width: number,
  read: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const underWay: Promise<R>[] = [];
  try {
    for await (const item of items) {
      const next = read(item);
      next.catch(() => {}); // rethrown when its turn comes
      underWay.push(next);
      if (underWay.length < width) continue;
      const first = underWay.shift();
      if (first) yield await first;
    }
    for (let next = underWay.shift(); next; next = underWay.shift()) yield await next;
  } finally {
    await Promise.allSettled(underWay);
  }
}
