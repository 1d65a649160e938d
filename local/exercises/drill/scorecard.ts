/** The scorecard of a drill. Pure. */
import type { Evidence } from "../evidence.ts";
import { countsText, formatCounts, rateText, type Scorecard, scorecard } from "../scorecard.ts";
import { check, timeToOff } from "./checks.ts";
import { factsOf } from "./facts.ts";
import type { Drill } from "./run.ts";

export function score(evidence: Evidence<Drill>): Scorecard {
  const { run, calls, happened } = evidence;
  const facts = factsOf(evidence);
  return scorecard(
    `drill: ${run.streams} of ${run.live} live streams, seed ${run.seed}${run.users > 1 ? `, ${run.users} users` : ""}${run.kill ? ", with kills" : ""}${run.rotate ? ", with a rotation" : ""}`,
    [
      ["off", rateText(run.streams, timeToOff(facts, evidence).tookMs)],
      ["calls", `${calls.length}: ${countsText(calls, ({ method, status }) => `${method} ${status ?? "lost"}`)}`],
      ["results", countsText(facts.results, ({ outcome }) => outcome)],
      ["went wrong", formatCounts(happened.map(({ fault, hits }) => [fault, hits]))],
    ],
    check(facts, evidence),
  );
}
