/** Finds the live names that a mistyped name may mean: those with the fewest different characters, numbers without leading zeros. Pure. */
import { distance } from "fastest-levenshtein";

const MOST = 3;
/** Characters that are compared; the rest of a longer name is not looked at. */
const COMPARED = 64;

/** `Raid-007` and `raid-7` are the same: letter case and leading zeros are what people confuse first. */
const simplified = (name: string): string => name.toLowerCase().replaceAll(/(?<!\d)0+(?=\d)/g, "");

/** How many characters may differ: a third of the name, and at least one. */
const cutoffOf = (name: string): number => Math.max(1, Math.ceil(name.length / 3));

/** @returns at most three names, the nearest first. */
export function nearestNames(typed: string, live: Iterable<string>): string[] {
  const name = typed.slice(0, COMPARED);
  const wanted = simplified(name);
  const cutoff = cutoffOf(name);
  const near: { readonly name: string; readonly by: readonly [number, number] }[] = [];
  for (const each of new Set(live)) {
    const other = each.slice(0, COMPARED);
    const simple = simplified(other);
    if (Math.abs(simple.length - wanted.length) > cutoff) continue; // no distance is smaller than this
    const apart = distance(simple, wanted);
    if (apart <= cutoff) near.push({ name: each, by: [apart, distance(other, name)] });
  }
  return near
    .sort((a, b) => a.by[0] - b.by[0] || a.by[1] - b.by[1] || (a.name < b.name ? -1 : 1))
    .slice(0, MOST)
    .map((each) => each.name);
}
