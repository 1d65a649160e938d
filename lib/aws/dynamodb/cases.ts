/**
 * Changes cases with compare-and-swap: each change sets a new revision, and is written only if the item still has the revision that was
 * read. So all conditions of lib/decisions/cases.ts hold at the moment of the write, whichever people and functions write at the same time.
 */
import { isDeepStrictEqual } from "node:util";
import { definedOnly } from "../../core/defined-only.ts";
import { OffairError } from "../../core/errors.ts";
import type { CaseChange, Refusal } from "../../decisions/cases.ts";
import { REVIEW_ATTRIBUTES, type ReviewRecord } from "../../decisions/report-record.ts";
import { isUnchanged } from "./item-change.ts";
import { type Item, type LedgerTable, unwrap } from "./table.ts";
import type { Key } from "./time-index.ts";

/** One writer succeeds in every round. */
const MAX_ROUNDS = 40;

export type Changed = { readonly record: ReviewRecord } | { readonly refusal: Refusal };

/** @returns a function that changes one item. */
export function createChangeItem({ get, update }: Pick<LedgerTable, "get" | "update">) {
  return async (id: Key, change: (record: ReviewRecord) => CaseChange): Promise<Changed> => {
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const item = await get(id);
      const record = item && unwrap<ReviewRecord>(item);
      if (!record || !isCase(record)) return { refusal: { because: "not-in-review" } };
      const changed = change(record);
      if ("refusal" in changed) return changed;
      const set = changesOf(record, changed.state);
      if (Object.keys(set).length === 0) return { record };
      const before = revisionOf(item);
      const written = await update(id, {
        set: { ...set, revision: (before ?? 0) + 1 },
        condition: `attribute_exists(pk) AND ${isUnchanged("revision", before)}`,
        values: { ":before": before },
      });
      if (written) return { record: definedOnly({ ...record, ...set }) as ReviewRecord };
    }
    throw new OffairError("ERR_BUSY", "too many people change this case at once");
  };
}

/** Whether the item is, or was, held for review. */
export const isCase = ({ review, verdict }: ReviewRecord): boolean => review !== undefined || verdict !== undefined;

/** Undefined: no case was changed since it was stored. */
const revisionOf = ({ revision }: Item): number | undefined => (typeof revision === "number" ? revision : undefined);

/** The attributes that are not the same already; those to remove are undefined. */
function changesOf(record: ReviewRecord, state: object): Item {
  const after: Item = { ...state };
  const before: Item = { ...record };
  const names = REVIEW_ATTRIBUTES.filter(
    (name) => Object.hasOwn(after, name) && !isDeepStrictEqual(after[name], before[name]),
  );
  return Object.fromEntries(names.map((name) => [name, after[name]]));
}
