/** A log with numbered entries, readable from any number. */
export interface Log<T> {
  add(entry: T): T & { readonly seq: number };
  /** Entries after number `since` (0: all kept entries). */
  since(since: number): (T & { readonly seq: number })[];
}

/** Keeps at least the newest `keep` entries. */
export function createLog<T extends object>(keep = 200_000): Log<T> {
  let entries: (T & { readonly seq: number })[] = [];
  let seq = 0;
  return {
    add(entry) {
      seq += 1;
      const numbered = { seq, ...entry };
      entries.push(numbered);
      if (entries.length >= 2 * keep) entries = entries.slice(-keep);
      return numbered;
    },
    since: (since) => entries.slice(Math.max(0, entries.length - Math.max(0, seq - since))),
  };
}
