/** A log with numbered entries, readable from any number; and the entries of the log of calls. */
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

/** One call to Live and its answer. */
export interface CallRecord {
  readonly seq: number;
  /** Time of the answer or of giving up, by the simulator's clock; RFC 3339. */
  readonly time: string;
  /** The Huawei user that the call claims; null for an unknown key or token. */
  readonly user: string | null;
  readonly ak: string | null;
  /** Calls of the user in flight when this one arrived, with this one; null for an unknown user. */
  readonly inFlight: number | null;
  /** Signature failures of the key in a row, after this call; null for a call without a key. */
  readonly failures: number | null;
  readonly method: string;
  /** The path after the project id: `stream/blocks`. The whole path if it is not a path of Live. */
  readonly path: string;
  readonly stream: { readonly domain: string | null; readonly app: string | null; readonly stream: string | null };
  /** Null if the caller got no answer. */
  readonly status: number | null;
  readonly error_code: string | null;
  readonly requestId: string;
  /** Whether a write was carried out. */
  readonly committed: boolean;
  /** Ids of the fault rules that fired, joined by ",". */
  readonly fault?: string;
}
