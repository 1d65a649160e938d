/** Reads objects that a manifest names, checks their hashes, and collects the gaps that are reported with every result. */
import type { Bundle } from "../../lib/archive/bundle.ts";
import type { StoredObject } from "../../lib/archive/manifest.ts";
import { readLines } from "../../lib/archive/ndjson.ts";
import { OffairError } from "../../lib/core/errors.ts";
import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import { sha256Hex } from "../../lib/core/sha256.ts";

export interface Gap {
  readonly kind: "altered" | "missing" | "unreadable" | "missed" | "incomplete" | "no-ledger" | "not-covered";
  readonly object: string;
  readonly message: string;
}

export const gapText = ({ kind, object, message }: Gap): string =>
  `${kind}  ${escapeInvisible(object)}  ${escapeInvisible(message)}`;

type Stored = Pick<StoredObject, "object"> & Partial<StoredObject>;

export type CheckedReader = ReturnType<typeof createCheckedReader>;

export function createCheckedReader(bundle: Bundle) {
  const gaps = new Map<string, Gap>();
  const gap = (each: Gap): void => void gaps.set(JSON.stringify(each), each);

  async function read({ object, sha256 }: Stored) {
    const bytes = await bundle.read(object);
    if (!bytes) gap({ kind: "missing", object, message: "a manifest names it, and it is missing" });
    const isIntact = bytes !== undefined && (sha256 === undefined || sha256Hex(bytes) === sha256);
    if (bytes && !isIntact) gap({ kind: "altered", object, message: "its hash is not the one in its manifest" });
    return { bytes, isIntact };
  }

  return {
    /** Returns the stored bytes even if they do not match the hash, which is then a gap. Without `sha256` nothing is checked. */
    bytes: async (stored: Stored): Promise<Uint8Array | undefined> => (await read(stored)).bytes,
    /** Yields the lines of an object; none, and a gap, if the object does not match its manifest. */
    async *lines<T>(stored: StoredObject, parse: (line: unknown) => T): AsyncGenerator<T> {
      const { bytes, isIntact } = await read(stored);
      if (!bytes || !isIntact) return;
      try {
        yield* readLines(bytes, parse);
      } catch (error) {
        if (!(error instanceof OffairError)) throw error;
        gap({ kind: "unreadable", object: stored.object, message: "its lines are not as documented" });
      }
    },
    gap,
    /** Each gap once, in the order of their detection. */
    gaps: (): Gap[] => [...gaps.values()],
  };
}
