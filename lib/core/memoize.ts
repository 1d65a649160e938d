/** Bounded caches of what a function makes. */

/** More than all sources have secrets; rotated ones are evicted. */
const CACHE_SIZE = 64;

/**
 * @param size - entries; the oldest one is evicted.
 * @returns a function that returns the value of a key, and makes it if it is not cached. Exceptions and rejected promises are not cached;
 *   concurrent callers share a promise.
 */
export function createCache<T extends object>(size: number): (key: string, make: () => T) => T {
  const cached = new Map<string, T>();
  return (key, make) => {
    const hit = cached.get(key);
    if (hit) return hit;
    const value = make();
    cached.set(key, value);
    if (value instanceof Promise) value.catch(() => cached.delete(key));
    const [oldest] = cached.keys();
    if (cached.size > size && oldest !== undefined) cached.delete(oldest);
    return value;
  };
}

/** @returns `make` with a cache of its last 64 results. */
export function memoize<T extends object>(make: (text: string) => T): (text: string) => T {
  const cache = createCache<T>(CACHE_SIZE);
  return (text) => cache(text, () => make(text));
}
