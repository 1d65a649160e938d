/** Finds the unknown keys of a report, such as a misspelt optional one. They are ignored, and the answer to the sender lists them. */
import { type Issue, jsonPointer } from "../core/issues.ts";
import type { Claim } from "../reports/claim.ts";

const MAX_LISTED = 10;

/** A key is the sender's own text; a longer or stranger one is not repeated. */
const PLAIN = /^[\w.-]{1,64}$/;

/**
 * @param sent - the report as it was sent.
 * @param read - what the schema kept of it: the same without the keys that it does not know.
 */
export function ignoredKeys(sent: unknown, read: Claim): Issue[] {
  const found = keysBeyond(sent, read);
  const issues = found
    .slice(0, MAX_LISTED)
    .map(({ at, key }) =>
      PLAIN.test(key)
        ? { pointer: at + jsonPointer([key]), message: "is ignored: not a key of a report" }
        : { pointer: at, message: "has a key that is ignored: not one of a report" },
    );
  const more = found.length - issues.length;
  return more > 0 ? [...issues, { pointer: "", message: `has ${more} more keys that are ignored` }] : issues;
}

type Node = Readonly<Record<string, unknown>>;
const isNode = (value: unknown): value is Node => typeof value === "object" && value !== null;

interface Place {
  /** The pointer of the object that has the key. */
  readonly at: string;
  readonly key: string;
}

/** Appends to one list, because joining the lists of all levels takes twice as long. */
function keysBeyond(sent: unknown, read: unknown, at = "", found: Place[] = []): Place[] {
  if (!isNode(sent) || !isNode(read)) return found;
  for (const key of Object.keys(sent)) if (!Object.hasOwn(read, key)) found.push({ at, key });
  for (const key of Object.keys(read)) if (isNode(read[key])) keysBeyond(sent[key], read[key], `${at}/${key}`, found);
  return found;
}
