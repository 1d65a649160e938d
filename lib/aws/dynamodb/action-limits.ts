/**
 * Stores the counters of the action limits: one item that all workers change with compare-and-swap. A worker caches the last state, so that
 * a change needs one request if no other worker is active. A refusal is only returned after a fresh read. The counters of what a person
 * did without approval are one item per person, read every time.
 */
import { randomUUID } from "node:crypto";
import * as z from "zod";
import { OffairError } from "../../core/errors.ts";
import { type CounterChange, NOTHING_TAKEN, type Taken } from "../../safeguards/action-limits.ts";
import type { LimitStore } from "../../safeguards/stores.ts";
import { type LedgerTable, parseItem, replaceItem } from "./table.ts";
import type { Key } from "./time-index.ts";

const KEY: Key = { pk: "LIMITS", sk: "TAKEN" };
/** Below `OPERATOR#`, which only the incident function may write; no order id is `ALONE`. */
const soloKey = (person: string): Key => ({ pk: "OPERATOR#ALONE", sk: `TAKEN#${person}` });

/** One worker succeeds in every round. A worker that never does returns its message to the queue. */
const MAX_ROUNDS = 40;

/** Far more than can be written while the SDK repeats one request: four environments, a few milliseconds per write. */
const REVISION_HISTORY_SIZE = 16;

const takenSchema = z.object({
  slices: z.array(
    z.object({ startMs: z.number().int().min(0), bySource: z.record(z.string(), z.number().int().min(0)) }),
  ),
  revision: z.string(),
  /** Earlier revisions, newest first. */
  earlier: z.array(z.string()),
});

interface CachedCounters {
  readonly taken: Taken;
  /** Newest first; empty if nothing has been taken yet. */
  readonly revisions: readonly string[];
}

export const createLedgerLimits = (
  table: LedgerTable,
  newRevision: () => string = randomUUID,
): Pick<LimitStore, "changeTaken" | "changeSoloUse"> => ({
  changeTaken: createChangeTaken(table, KEY, newRevision),
  changeSoloUse: (person, change) => createChangeTaken(table, soloKey(person), newRevision)(change),
});

function createChangeTaken(table: LedgerTable, key: Key, newRevision: () => string): LimitStore["changeTaken"] {
  let known: CachedCounters | undefined;
  let queue: Promise<unknown> = Promise.resolve();

  async function read(): Promise<CachedCounters> {
    const item = await table.get(key);
    if (!item) return { taken: NOTHING_TAKEN, revisions: [] };
    const { slices, revision, earlier } = parseItem(takenSchema, item, "the counters of the limits");
    return { taken: { slices }, revisions: [revision, ...earlier] };
  }

  async function changeTaken<T>(change: (taken: Taken) => CounterChange<T>): Promise<T> {
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const isFresh = known === undefined;
      const before = known ?? (await read());
      known = undefined; // until the write succeeds: a failure must not leave an outdated cache
      const { taken, answer } = change(before.taken);
      if (!taken && !isFresh) continue;
      if (!taken) {
        known = before;
        return answer;
      }
      const revision = newRevision();
      const earlier = before.revisions.slice(0, REVISION_HISTORY_SIZE);
      if (await replaceItem(table, { ...key, slices: taken.slices, revision, earlier }, before.revisions[0])) {
        known = { taken, revisions: [revision, ...earlier] };
        return answer;
      }
      known = await read();
      // The write succeeded if the SDK repeated it after its response was lost; others may have written since.
      if (known.revisions.includes(revision)) return answer;
    }
    throw new OffairError("ERR_BUSY", "too many workers change the limits' counters");
  }

  // Serialised within a process, because the concurrent records of one invocation would only conflict.
  return (change) => {
    const result = queue.then(() => changeTaken(change));
    queue = result.catch(() => {});
    return result;
  };
}
