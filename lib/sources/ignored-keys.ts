/** Finds the keys of a report that it does not have, such as a misspelt optional one: they are ignored, and its sender is told so. */
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
  if (!hasMoreKeys(sent, read)) return []; // the usual report, without building the path of every key
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

/** Counts, because every key that was read was sent. */
function hasMoreKeys(sent: unknown, read: unknown): boolean {
  if (!isNode(sent) || !isNode(read)) return false;
  let more = 0;
  for (const _key in sent) more += 1;
  for (const key in read) {
    more -= 1;
    const inner = read[key];
    if (typeof inner === "object" && hasMoreKeys(sent[key], inner)) return true;
  }
  return more !== 0;
}

function keysBeyond(sent: unknown, read: unknown, at = ""): { at: string; key: string }[] {
  if (!isNode(sent) || !isNode(read)) return [];
  const own = Object.keys(sent).flatMap((key) => (Object.hasOwn(read, key) ? [] : [{ at, key }]));
  return [...own, ...Object.keys(read).flatMap((key) => keysBeyond(sent[key], read[key], `${at}/${key}`))];
}
