/** More than all sources have secrets; rotated ones are evicted. */
const CACHE_SIZE = 64;

/** @returns `make` with a cache of its last 64 results. Exceptions are not cached. */
export function memoize<T extends object>(make: (text: string) => T): (text: string) => T {
  const cached = new Map<string, T>();
  return (text) => {
    const hit = cached.get(text);
    if (hit) return hit;
    const value = make(text);
    cached.set(text, value);
    const [oldest] = cached.keys();
    if (cached.size > CACHE_SIZE && oldest !== undefined) cached.delete(oldest);
    return value;
  };
}
