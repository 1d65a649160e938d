/** Structures the evidence of a drill: plans, results and commands by name, and Live at each recorded moment. */
import type { Evidence, LiveState } from "../evidence.ts";
import { readLedger } from "../ledger-records.ts";
import type { CheckResult } from "../scorecard.ts";
import type { Drill } from "./run.ts";

type PlanName = keyof Drill["plans"];

export type Facts = ReturnType<typeof factsOf>;

export type Check = (facts: Facts, evidence: Evidence<Drill>) => CheckResult;

export function factsOf({ ledger, commands, run, ...evidence }: Evidence<Drill>) {
  const { orders, plans, results } = readLedger(ledger);
  const idOf = (name: PlanName) => run.plans[name] ?? "no such plan";
  return {
    ...{ orders, plans, results },
    plan: (name: PlanName) => plans.find(({ orderId }) => orderId === idOf(name)),
    resultsOf: (name: PlanName) => results.filter(({ orderId }) => orderId === idOf(name)),
    /** Returns an empty state if none was recorded at that moment. */
    liveAt: (moment: string): LiveState =>
      evidence["live-states"].find((state) => state.moment === moment) ?? { moment, disabled: [], encoders: [] },
    typed: (command: string, who?: string) =>
      commands.filter((each) => each.args[0] === command && (who === undefined || each.who === who)),
  };
}
