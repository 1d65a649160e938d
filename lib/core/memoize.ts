/** A bounded cache of one function's results. */

/** More than all sources have secrets; rotated ones are evicted. */
const CACHE_SIZE = 64;

/** @returns `make` with a cache of its last 64 results. Exceptions are not cached. */
export function memoize<T extends object>(make: (text: string) => T): (text: string) => T {
  const kept = new Map<string, T>();
  return (text) => {
    const known = kept.get(text);
    if (known) return known;
    const made = make(text);
    const [oldest] = kept.keys();
    if (kept.size >= CACHE_SIZE && oldest !== undefined) kept.delete(oldest);
    kept.set(text, made);
    return made;
  };
}
