/** What is made of a text, made once: a KeyObject of a secret takes a quarter of the time of the HMAC that it is for. */

/** More than the secrets of all sources together; texts that were rotated away leave when others come. */
const CACHE_SIZE = 64;

/** @returns `make`, which is asked once a text. What it throws is thrown again each time. */
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
