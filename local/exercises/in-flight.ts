/** Invariant 6: calls of a Huawei user in flight. */
import type { Call } from "./evidence.ts";
import { type CheckResult, result } from "./scorecard.ts";

/** docs/adr/0009: the failures of calls that were sent before the first was refused cannot lock the key. */
const MAX_IN_FLIGHT = 4;

/** @param others - calls in flight that the functions of a stage may have besides. */
export function fewInFlight(calls: readonly Call[], others = 0): CheckResult {
  const [most, limit] = [new Map<string, number>(), MAX_IN_FLIGHT + others];
  const broken: string[] = [];
  for (const { user, inFlight, seq, time } of calls) {
    if (user === null || inFlight === null) continue;
    if (inFlight > limit) broken.push(`call ${seq} of ${time}: ${inFlight} calls of ${user} in flight`);
    most.set(user, Math.max(inFlight, most.get(user) ?? 0));
  }
  const shown = [...most].map(([user, count]) => `${user} ${count}`).join(", ");
  return result(6, `never more than ${limit} calls of a user in flight`, `at most: ${shown}`, broken);
}
