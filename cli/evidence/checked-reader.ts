/** Objects that a manifest names, held against what it says of them; and what was not as it should be, to be told beside every answer. */
import type { Bundle } from "../../lib/archive/bundle.ts";
import type { StoredObject } from "../../lib/archive/manifest.ts";
import { readLines } from "../../lib/archive/ndjson.ts";
import { OffairError } from "../../lib/core/errors.ts";
import { sha256Hex } from "../../lib/core/sha256.ts";

export interface Gap {
  readonly kind: "altered" | "missing" | "unreadable" | "missed" | "incomplete" | "no-ledger" | "not-covered";
  /** The object that it is about. */
  readonly object: string;
  readonly message: string;
}

export interface Evidence {
  /** As stored, also where a hand was laid on it: that is a gap. Without `sha256` nobody says how it should be. */
  bytes(stored: Pick<StoredObject, "object"> & Partial<StoredObject>): Promise<Uint8Array | undefined>;
  /** Its lines; none, and a gap, where the object is not what the manifest says. */
  lines<T>(stored: StoredObject, parse: (line: unknown) => T): AsyncGenerator<T>;
  gap(gap: Gap): void;
  /** Each once, in the order in which they were met. */
  gaps(): Gap[];
}

export function createEvidence(bundle: Bundle): Evidence {
  const gaps = new Map<string, Gap>();
  const gap = (each: Gap): void => void gaps.set(JSON.stringify(each), each);

  async function read(stored: Parameters<Evidence["bytes"]>[0]) {
    const { object, sha256 } = stored;
    const bytes = await bundle.read(object);
    if (!bytes) gap({ kind: "missing", object, message: "a manifest names it, and it is not there" });
    const isIntact = bytes !== undefined && (sha256 === undefined || sha256Hex(bytes) === sha256);
    if (bytes && !isIntact) gap({ kind: "altered", object, message: "it is not what its manifest says" });
    return { bytes, isIntact };
  }

  return {
    bytes: async (stored) => (await read(stored)).bytes,
    async *lines(stored, parse) {
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
    gaps: () => [...gaps.values()],
  };
}
