/**
 * Counts the ledger operations of the worker for a report, in three phases: before the call to Live, before reading its list, and afterwards. The
 * operations of `notify`, which delivers the report's events at the same time with credentials of its own, are not the worker's.
 */
import { strict as assert } from "node:assert";
import type { IncomingHttpHeaders } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Simulator } from "../local/live/simulator-types.ts";

/** Names of operations, one list for each phase. */
export type Counted = readonly (readonly string[])[];

const NAMES: Readonly<Record<string, string>> = {
  "DynamoDB_20120810.GetItem": "get",
  "DynamoDB_20120810.Query": "query",
  "DynamoDB_20120810.PutItem": "put",
  "DynamoDB_20120810.UpdateItem": "update",
};

interface Operation {
  readonly caller: string;
  readonly name: string;
}

/** `notify` begins after the worker. */
const QUIET_MS = 2_000;

export function createOperationsCounter() {
  let lastAtMs = 0;
  let counting: { readonly simulator: Simulator; readonly since: number; readonly phases: Operation[][] } | undefined;
  return {
    /** @param headers - of any request. */
    note(headers: IncomingHttpHeaders): void {
      const target = `${headers["x-amz-target"]}`;
      if (!target.startsWith("DynamoDB_")) return;
      lastAtMs = performance.now();
      if (!counting) return;
      const caller = /Credential=([^/]+)\//.exec(`${headers.authorization}`)?.[1] ?? "nobody";
      const { simulator, since, phases } = counting;
      phases[simulator.calls(since).length]?.push({ caller, name: NAMES[target] ?? target });
    },
    /** The operations of one report, once the events of the one before are delivered. @throws if another caller than the worker uses the ledger before the call to Live. */
    async during(simulator: Simulator, report: () => Promise<unknown>): Promise<Counted> {
      while (performance.now() - lastAtMs < QUIET_MS) await sleep(QUIET_MS / 10);
      const phases: Operation[][] = [[], [], []];
      counting = { simulator, since: simulator.calls().at(-1)?.seq ?? 0, phases };
      await report();
      counting = undefined;
      const callers = new Set(phases[0]?.map(({ caller }) => caller));
      assert.equal(callers.size, 1, "before the call to Live the ledger has another number of callers than one");
      return phases.map((operations) => operations.flatMap(({ caller, name }) => (callers.has(caller) ? [name] : [])));
    },
  };
}
