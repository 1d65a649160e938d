/** Ends the day of a saboteur early: as soon as the check that is there for it has failed with the same evidence at two looks in a row. */
import type { Evidence } from "../evidence.ts";
import { GAMEDAY_SABOTAGES } from "../sabotages.ts";
import { factsOf } from "./facts.ts";
import { check } from "./invariants.ts";
import type { Day } from "./run.ts";

/** Between looks: what is half written at one look is complete at the next one. */
const LOOK_EVERY_MS = 1_500;

/** @returns a look, which does nothing soon after the last one; it answers true from the second failure in a row on. */
export function watchSabotage(
  name: string,
  readEvidence: () => Promise<Evidence<Day>>,
  now: () => number = Date.now,
): () => Promise<boolean> {
  const { breaks = name, isSeenAtTheEnd = false } = GAMEDAY_SABOTAGES[name] ?? {};
  let nextMs = isSeenAtTheEnd ? Number.POSITIVE_INFINITY : now() + LOOK_EVERY_MS;
  let before = new Set<string>();
  let isFound = false;
  return async () => {
    if (isFound || now() < nextMs) return isFound;
    nextMs = Number.POSITIVE_INFINITY; // one look at a time
    const evidence = await readEvidence();
    const broken = check(evidence, factsOf(evidence)).filter(({ claim }) => claim.startsWith(breaks));
    const failures = broken.flatMap((each) => each.failures);
    isFound = failures.some((failure) => before.has(failure));
    before = new Set(failures);
    nextMs = now() + LOOK_EVERY_MS;
    return isFound;
  };
}
