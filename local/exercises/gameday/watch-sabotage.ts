/** Ends the day of a sabotage early, when its check has failed twice in a row with the same evidence. */
import type { Evidence } from "../evidence.ts";
import { GAMEDAY_SABOTAGES } from "../sabotages.ts";
import { factsOf } from "./facts.ts";
import { check } from "./invariants.ts";
import type { Day } from "./run.ts";

/** Interval between checks; a record that is half written at one check is complete at the next. */
const LOOK_EVERY_MS = 1_500;

/** @returns a function that checks at most once in the interval; it returns true from the second failure in a row. */
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
    nextMs = Number.POSITIVE_INFINITY; // one check at a time
    const evidence = await readEvidence();
    const broken = check(evidence, factsOf(evidence)).filter(({ claim }) => claim.startsWith(breaks));
    const failures = broken.flatMap((each) => each.failures);
    isFound = failures.some((failure) => before.has(failure));
    before = new Set(failures);
    nextMs = now() + LOOK_EVERY_MS;
    return isFound;
  };
}
