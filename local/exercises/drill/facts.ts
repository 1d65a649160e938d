/** The evidence of a drill put in order: plans, results and commands by name, and Live at each recorded moment. */
import type { Command, Evidence, LiveState } from "../evidence.ts";
import { type LedgerRecords, type PlanItem, readLedger } from "../ledger-records.ts";
import type { CheckResult } from "../scorecard.ts";
import type { Drill } from "./run.ts";

type PlanName = keyof Drill["plans"];

export interface Facts extends Pick<LedgerRecords, "orders" | "plans" | "results"> {
  plan(name: PlanName): PlanItem | undefined;
  resultsOf(name: PlanName): LedgerRecords["results"];
  /** An empty Live where nobody looked at that moment. */
  liveAt(moment: string): LiveState;
  typed(command: string, who?: string): Command[];
}

export type Check = (facts: Facts, evidence: Evidence<Drill>) => CheckResult;

export function factsOf({ ledger, commands, run, ...evidence }: Evidence<Drill>): Facts {
  const { orders, plans, results } = readLedger(ledger);
  const idOf = (name: PlanName) => run.plans[name] ?? "no such plan";
  return {
    ...{ orders, plans, results },
    plan: (name) => plans.find(({ orderId }) => orderId === idOf(name)),
    resultsOf: (name) => results.filter(({ orderId }) => orderId === idOf(name)),
    liveAt: (moment) =>
      evidence["live-states"].find((state) => state.moment === moment) ?? { moment, disabled: [], encoders: [] },
    typed: (command, who) =>
      commands.filter((each) => each.args[0] === command && (who === undefined || each.who === who)),
  };
}
