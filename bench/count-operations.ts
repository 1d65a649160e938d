/** Counts the ledger operations of reports in three phases: before the call to Live, before reading its list, and afterwards. Only the worker may use the ledger. */
import type { Simulator } from "../local/live/simulator-types.ts";

/** Names of operations, one list for each phase. */
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
    /** The operations of one report, without concurrent ones. */
    async during(simulator: Simulator, report: () => Promise<unknown>): Promise<Counted> {
      const phases: string[][] = [[], [], []];
      counting = { simulator, since: simulator.calls().at(-1)?.seq ?? 0, phases };
      await report();
      counting = undefined;
      return phases;
    },
  };
}
