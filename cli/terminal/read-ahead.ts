/** Reads several things at once, and hands them over in their order. */
export async function* ahead<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  width: number,
  read: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const underWay: Promise<R>[] = [];
  try {
    for await (const item of items) {
      const next = read(item);
      next.catch(() => {}); // thrown in its turn, or not at all
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
