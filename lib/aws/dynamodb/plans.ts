/**
 * Stores plans, their states, and the results of their streams. The text of a plan is written once. A state change is conditional on the
 * state not having it yet; undos and overturns are added. Items are validated, not only unwrapped, because they disable or enable
 * hundreds of streams.
 */
import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import { OffairError } from "../../core/errors.ts";
import { OVERTURN_REASONS } from "../../orders/overturn.ts";
import { batchResultSchema } from "../../plans/batch-result.ts";
import type { PlanState } from "../../plans/plan.ts";
import type { PlanStore } from "../../plans/plan-store.ts";
import { appendOnce } from "./item-change.ts";
import { type LedgerTable, listItems, parseItem } from "./table.ts";
import type { Key } from "./time-index.ts";

/** A result is a few hundred bytes; a page ends at 1 MB. */
const RESULTS_A_PAGE = 1_000;

const headKey = (orderId: string): Key => ({ pk: `OPERATOR#${orderId}`, sk: "PLAN" });
const partKey = (orderId: string, part: number): Key => ({
  pk: `OPERATOR#${orderId}`,
  sk: `PART#${String(part).padStart(4, "0")}`,
});
const stateKey = (orderId: string): Key => ({ pk: `OPERATOR#${orderId}`, sk: "STATE" });
/** In a partition of its own, which only the worker may write. */
const resultKey = (orderId: string, index: number): Key => ({
  pk: `BATCH#${orderId}`,
  sk: `RESULT#${String(index).padStart(6, "0")}`,
});

const instant = z.iso.datetime();
const stateSchema: z.ZodType<PlanState> = z.object({
  approval: z
    .object({ approvedBy: z.string().min(1), approvedAt: instant, reason: z.string(), planSha256: z.string() })
    .exactOptional(),
  applied: z
    .object({
      appliedBy: z.string().min(1),
      appliedAt: instant,
      reason: z.string(),
      planSha256: z.string(),
      overridesRulesUntil: instant,
      approvedBy: z.string().min(1).exactOptional(),
      breakGlass: z.literal(true).exactOptional(),
    })
    .exactOptional(),
  cancelled: z.object({ cancelledBy: z.string().min(1), cancelledAt: instant, reason: z.string() }).exactOptional(),
  undos: z
    .array(z.object({ askedBy: z.string().min(1), askedAt: instant, undoOrderId: z.string().min(1).exactOptional() }))
    .exactOptional(),
  overturns: z
    .array(
      z.object({
        because: z.enum(OVERTURN_REASONS),
        by: z.string().min(1),
        at: instant,
        reason: z.string(),
      }),
    )
    .exactOptional(),
});
const headSchema = z.object({ head: z.string() });
const partSchema = z.object({ text: z.string() });

export function createLedgerPlans(table: LedgerTable): PlanStore {
  const { get, put, update } = table;
  async function readPlanState(orderId: string): Promise<PlanState> {
    const item = await get(stateKey(orderId));
    return item ? parseItem(stateSchema, item, `the state of the plan ${orderId}`) : {};
  }

  /**
   * Writes a text under a new key; accepts an existing item with the same text, because the SDK repeats a request with a lost response. A part
   * that an interrupted attempt has left is replaced: without a head there is no plan.
   */
  async function putText(key: Key, text: { readonly head: string } | { readonly text: string }, orderId: string) {
    const item = { ...key, orderId, ...text };
    if (await put(item)) return;
    const stored = await get(key);
    if (stored && isDeepStrictEqual({ ...stored, ...item }, stored)) return;
    if ("head" in text || (await get(headKey(orderId)))) {
      throw new OffairError("ERR_LEDGER", `the plan ${orderId} exists already`);
    }
    await update(key, { set: text });
  }

  return {
    async writePlan(orderId, { head, parts }) {
      await Promise.all(parts.map((text, part) => putText(partKey(orderId, part), { text }, orderId)));
      await putText(headKey(orderId), { head }, orderId);
    },
    async readPlanHead(orderId) {
      const item = await get(headKey(orderId));
      return item && parseItem(headSchema, item, `the plan ${orderId}`).head;
    },
    async readPlanPart(orderId, part) {
      const item = await get(partKey(orderId, part));
      return item && parseItem(partSchema, item, `part ${part} of the plan ${orderId}`).text;
    },

    readPlanState,
    async approvePlan(orderId, approval) {
      const condition =
        "attribute_not_exists(#approval) AND attribute_not_exists(applied) AND attribute_not_exists(cancelled)";
      await update(stateKey(orderId), { set: { orderId, approval }, condition });
      return readPlanState(orderId);
    },
    async applyPlan(orderId, applied) {
      const condition = "attribute_not_exists(#applied) AND attribute_not_exists(cancelled)";
      if (await update(stateKey(orderId), { set: { orderId, applied }, condition })) return true;
      // Also true if this request succeeded and its response was lost.
      return isDeepStrictEqual((await readPlanState(orderId)).applied, { ...applied });
    },
    async cancelPlan(orderId, cancelled) {
      await update(stateKey(orderId), { set: { orderId, cancelled }, condition: "attribute_not_exists(#cancelled)" });
      return readPlanState(orderId);
    },
    addUndo: (orderId, undo) =>
      appendOnce(table, stateKey(orderId), { list: "undos", value: undo, mayCreate: { orderId } }),
    addOrderOverturn: (orderId, overturn) =>
      appendOnce(table, stateKey(orderId), { list: "overturns", value: overturn, mayCreate: { orderId } }),

    writeBatchResult: (orderId, result) => put({ ...resultKey(orderId, result.index), orderId, ...result }),
    async changeBatchOutcome(orderId, index, from, to) {
      const values = Object.fromEntries(from.map((outcome, place) => [`:from${place}`, outcome]));
      const condition = `outcome IN (${Object.keys(values).join(", ")})`;
      return update(resultKey(orderId, index), { set: { outcome: to }, condition, values });
    },
    async listBatchResults(orderId) {
      const items = await listItems(table, `BATCH#${orderId}`, "RESULT#", RESULTS_A_PAGE);
      return items.map((item) => parseItem(batchResultSchema, item, `a result of the batch ${orderId}`));
    },
  };
}
