/**
 * The counters of the action limits: one item that all workers change, each on condition of the revision that it has read. The last known
 * state is cached between calls, so that a single worker needs one request. Before a limit counts as full, the item is read again. What
 * one person did alone is an item of that person, which is read each time.
 */

import { randomUUID } from "node:crypto";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { OffairError } from "../../core/errors.ts";
import { formatIssues, issuesOf } from "../../core/issues.ts";
import { type CounterChange, NOTHING_TAKEN, type Taken } from "../../safeguards/action-limits.ts";
import type { LimitStore } from "../../safeguards/stores.ts";
import type { LedgerTable } from "./table.ts";
import type { Key } from "./time-index.ts";

const KEY: Key = { pk: "LIMITS", sk: "TAKEN" };
/** In a partition that only the incident function writes; no order id has this name. */
const soloKey = (person: string): Key => ({ pk: "OPERATOR#ALONE", sk: `TAKEN#${person}` });

/** In each round one worker's write succeeds; a worker that fails in all of them returns its message to the queue. */
const MAX_ROUNDS = 40;

/** More than other workers can write while the SDK repeats one request: four environments, a few milliseconds a write. */
const REVISIONS_KEPT = 16;

const takenSchema = z.object({
  slices: z.array(
    z.object({ startMs: z.number().int().min(0), bySource: z.record(z.string(), z.number().int().min(0)) }),
  ),
  revision: z.string(),
  /** Revisions before this one, newest first. */
  earlier: z.array(z.string()),
});

interface CachedCounters {
  readonly taken: Taken;
  /** Newest first; empty before the first write. */
  readonly revisions: readonly string[];
}

export const createLedgerLimits = (
  table: LedgerTable,
  newRevision: () => string = randomUUID,
): Pick<LimitStore, "changeTaken" | "changeSoloUse"> => ({
  changeTaken: createChangeTaken(table, KEY, newRevision),
  changeSoloUse: (person, change) => createChangeTaken(table, soloKey(person), newRevision)(change),
});

function createChangeTaken(
  { attempt, get }: LedgerTable,
  key: Key,
  newRevision: () => string,
): LimitStore["changeTaken"] {
  let known: CachedCounters | undefined;
  let queue: Promise<unknown> = Promise.resolve();

  async function read(): Promise<CachedCounters> {
    const item = await get(key);
    if (!item) return { taken: NOTHING_TAKEN, revisions: [] };
    const { data, error } = takenSchema.safeParse(item);
    if (error) {
      const issues = formatIssues(issuesOf(error));
      throw new OffairError("ERR_LEDGER", `the action limits have an unknown format: ${issues}`); // so nothing acts
    }
    return { taken: { slices: data.slices }, revisions: [data.revision, ...data.earlier] };
  }

  const replace = async (before: CachedCounters, { slices }: Taken, revision: string): Promise<boolean> =>
    (await attempt("be written", (client, TableName) =>
      client.send(
        new PutCommand({
          TableName,
          Item: { ...key, slices, revision, earlier: before.revisions.slice(0, REVISIONS_KEPT) },
          ...(before.revisions[0] === undefined
            ? { ConditionExpression: "attribute_not_exists(pk)" }
            : {
                ConditionExpression: "#revision = :before",
                ExpressionAttributeNames: { "#revision": "revision" },
                ExpressionAttributeValues: { ":before": before.revisions[0] },
              }),
        }),
      ),
    )) !== undefined;

  async function changeTaken<T>(change: (taken: Taken) => CounterChange<T>): Promise<T> {
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const isFresh = known === undefined;
      const before = known ?? (await read());
      known = undefined; // until the write has succeeded, so that a failure leaves no wrong cache
      const { taken, answer } = change(before.taken);
      if (!taken && !isFresh) continue;
      if (!taken) {
        known = before;
        return answer;
      }
      const revision = newRevision();
      if (await replace(before, taken, revision)) {
        known = { taken, revisions: [revision, ...before.revisions.slice(0, REVISIONS_KEPT)] };
        return answer;
      }
      known = await read();
      // The SDK repeated this write because its answer was lost; other workers may have written since.
      if (known.revisions.includes(revision)) return answer;
    }
    throw new OffairError("ERR_BUSY", "too many workers change the action limits now");
  }

  // In sequence within a process: its records run in parallel and would only make each other's writes fail.
  return (change) => {
    const mine = queue.then(() => changeTaken(change));
    queue = mine.catch(() => {});
    return mine;
  };
}
