/** Counts what reports ask of the ledger, in three phases: before the call of Live, before the look at its list, and after that. */
import type { Simulator } from "../local/live/simulator-types.ts";

/** Names of operations, one list a phase. */
export type Counted = readonly (readonly string[])[];

const NAMES: Readonly<Record<string, string>> = {
  "DynamoDB_20120810.GetItem": "get",
  "DynamoDB_20120810.Query": "query",
  "DynamoDB_20120810.PutItem": "put",
  "DynamoDB_20120810.UpdateItem": "update",
};

export function createOperationsCounter() {
  let counting: { readonly simulator: Simulator; readonly since: number; readonly phases: string[][] } | undefined;
  return {
    /** @param target - `X-Amz-Target` of any request. */
    note(target: string): void {
      if (!counting || !target.startsWith("DynamoDB_")) return;
      const { simulator, since, phases } = counting;
      phases[simulator.calls(since).length]?.push(NAMES[target] ?? target);
    },
    /** Of one report, that nothing else comes beside. */
    async during(simulator: Simulator, report: () => Promise<unknown>): Promise<Counted> {
      const phases: string[][] = [[], [], []];
      counting = { simulator, since: simulator.calls().at(-1)?.seq ?? 0, phases };
      await report();
      counting = undefined;
      return phases;
    },
  };
}
