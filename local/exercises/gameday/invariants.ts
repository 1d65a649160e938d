/** What must hold after the worst of days. */

import { type Finding, finding } from "../finding.ts";
import { everythingEnds, nobodyUnproven, nothingLost, scope } from "./arrivals.ts";
import type { Facts } from "./facts.ts";
import { FAULTS } from "./faults.ts";
import type { Check } from "./finding.ts";
import type { Material } from "./inputs.ts";
import { lastWordWins } from "./last-word.ts";
import { keyNeverLocked, paceIsKept } from "./provider.ts";
import { secretsStaySecret } from "./secrets-scan.ts";
import { once } from "./single-run.ts";

const everyFaultHappened: Check = (material) => {
  const missing = Object.entries(FAULTS).filter(([, count]) => count(material) === 0);
  return finding(
    "–",
    "every fault of the day happened",
    `${Object.keys(FAULTS).length} kinds`,
    missing.map(([name]) => `it never happened: ${name}`),
  );
};

/** What every day has to wake somebody for; as the alarms are called after the stage. */
const EXPECTED_ALERTS = ["key-blocked", "bulk-dead-letters"];

const somebodyIsTold: Check = ({ alerts }) => {
  const names = alerts.map(({ name }) => name);
  const missing = EXPECTED_ALERTS.filter((expected) => !names.some((name) => name.endsWith(expected)));
  return finding(
    "–",
    "whoever is on call is told",
    `${alerts.length} alerts`,
    missing.map((name) => `nobody was told: ${name}`),
  );
};

const CHECKS: readonly Check[] = [
  nobodyUnproven,
  scope,
  nothingLost,
  everythingEnds,
  once,
  secretsStaySecret,
  keyNeverLocked,
  paceIsKept,
  lastWordWins,
  everyFaultHappened,
  somebodyIsTold,
];

export const check = (material: Material, facts: Facts): Finding[] => CHECKS.map((one) => one(material, facts));
