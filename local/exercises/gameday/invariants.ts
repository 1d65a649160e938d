/** The checks of a game day. */
import type { Evidence } from "../evidence.ts";
import { fewInFlight } from "../in-flight.ts";
import { type CheckResult, result } from "../scorecard.ts";
import { everythingEnds, nobodyUnproven, nothingLost, scope } from "./arrivals.ts";
import { oursIsOurs } from "./attribution.ts";
import { workersOf } from "./day-users.ts";
import type { Check, Facts } from "./facts.ts";
import { faultsOf } from "./faults.ts";
import { lastWordWins } from "./last-word.ts";
import { keyNeverLocked, othersGoOn, quotasAreKept } from "./provider.ts";
import { pausesAreProven, republishIsAnotherPush, republishIsAnswered } from "./pushes.ts";
import type { Day } from "./run.ts";
import { secretsStaySecret } from "./secrets-scan.ts";
import { singleRun } from "./single-run.ts";

const everyFaultHappened: Check = (evidence) => {
  const faults = faultsOf(evidence);
  const missing = faults.filter(([, count]) => count === 0);
  const broken = missing.map(([name]) => `did not happen: ${name}`);
  return result("–", "every fault of the day happened", `${faults.length} kinds`, broken);
};

/** The alarms that page the on-call on every game day; names without the stage. */
const EXPECTED_ALERTS = ["key-blocked", "bulk-dead-letters"];

const onCallIsPaged: Check = ({ alerts }) => {
  const missing = EXPECTED_ALERTS.filter((expected) => !alerts.some(({ name }) => name.endsWith(expected)));
  const broken = missing.map((name) => `alarm did not fire: ${name}`);
  return result("–", "the on-call is paged", `${alerts.length} alerts`, broken);
};

const CHECKS: readonly Check[] = [
  nobodyUnproven,
  scope,
  nothingLost,
  everythingEnds,
  republishIsAnswered,
  singleRun,
  republishIsAnotherPush,
  pausesAreProven,
  secretsStaySecret,
  keyNeverLocked,
  ({ calls }) => fewInFlight(calls),
  quotasAreKept,
  lastWordWins,
  oursIsOurs,
  everyFaultHappened,
  onCallIsPaged,
];

export const check = (evidence: Evidence<Day>, facts: Facts): CheckResult[] =>
  [...CHECKS, ...(workersOf(evidence.run) > 1 ? [othersGoOn] : [])].map((each) => each(evidence, facts));
