/** What is selected: it stays selected while it is filtered out, and also when it is not listed any more. Pure. */
import type { Entry } from "./entries.ts";

/** By key. A stream is kept as it was seen when it was selected, or later. */
export type Chosen = ReadonlyMap<string, Entry>;

/** A test compares it with lib/plans. */
export const MAX_PLANNED = 5_000;

export function toggled(chosen: Chosen, entry: Entry): Chosen {
  const next = new Map(chosen);
  if (!next.delete(entry.key)) next.set(entry.key, entry);
  return next;
}

export function withAll(chosen: Chosen, entries: Iterable<Entry>): Chosen {
  const next = new Map(chosen);
  for (const each of entries) next.set(each.key, each);
  return next;
}

/** Selected streams that the list does not have now. */
export function notListed(chosen: Chosen, listed: { has(key: string): boolean }): readonly Entry[] {
  return [...chosen.values()].filter(({ key }) => !listed.has(key));
}
