/** Reads objects that a manifest names, checks their hashes, and collects the gaps that are reported with every result. */
import type { Bundle } from "../../lib/archive/bundle.ts";
import type { StoredObject } from "../../lib/archive/manifest.ts";
import { readLines } from "../../lib/archive/ndjson.ts";
import { objectIssue } from "../../lib/archive/object-issue.ts";
import { OffairError } from "../../lib/core/errors.ts";
import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import { EXIT, type Exit } from "../terminal/command.ts";

export interface Gap {
  readonly kind: "altered" | "missing" | "unreadable" | "missed" | "incomplete" | "no-ledger" | "not-covered";
  readonly object: string;
  readonly message: string;
}

export const gapText = ({ kind, object, message }: Gap): string =>
  `${kind}  ${escapeInvisible(object)}  ${escapeInvisible(message)}`;

/** The exit code of a command whose result has these gaps. */
export function exitOfGaps(gaps: readonly Gap[]): Exit {
  if (gaps.some(({ kind }) => kind === "altered" || kind === "unreadable")) return EXIT.altered;
  return gaps.length > 0 ? EXIT.incomplete : EXIT.done;
}

type Stored = StoredObject | { readonly object: string; readonly sha256?: undefined };

export type CheckedReader = ReturnType<typeof createCheckedReader>;

export function createCheckedReader(bundle: Bundle) {
  const gaps = new Map<string, Gap>();
  const gap = (each: Gap): void => void gaps.set(JSON.stringify(each), each);
  for (const issue of bundle.issues ?? []) gap({ kind: "unreadable", ...issue });

  async function read(stored: Stored) {
    const { object } = stored;
    const bytes = await bundle.read(object);
    if (!bytes) gap({ kind: "missing", object, message: "a manifest names it, and it is missing" });
    const issue = bytes && stored.sha256 !== undefined ? objectIssue(stored, bytes) : undefined;
    if (issue) gap({ kind: "altered", object, message: issue.message });
    return { bytes, isIntact: bytes !== undefined && !issue };
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
