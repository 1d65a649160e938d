/** What people said of the decision behind an order: the statements are with its report, or with the operator's request. */
import type { ReportRecord } from "../decisions/report-record.ts";
import { type Order, reportOf } from "../orders/order.ts";
import { type Overturn, overturnsOn } from "../orders/overturn.ts";
import type { PlanState } from "../plans/plan.ts";
import type { HandleDeps } from "./handler.ts";

type Ledger = HandleDeps["ledger"];

export const readOriginal = async (first: Order, ledger: Ledger): Promise<ReportRecord | undefined> => {
  const key = reportOf(first);
  return key === undefined ? undefined : ledger.readReport(key);
};

/** @param first - the order that carried out the decision for the first time. */
export const overturnsOf = (
  { stream }: Order,
  original: ReportRecord | undefined,
  state: PlanState | undefined,
): readonly Overturn[] => (original ? (original.overturns ?? []) : overturnsOn(state?.overturns, stream));

/** Whether an appeal against the decision was granted. */
export async function isReversed(first: Order, ledger: Ledger): Promise<boolean> {
  const { authority } = first;
  const original = await readOriginal(first, ledger);
  const isOfRequest = !original && authority.kind === "operator";
  const state = isOfRequest ? await ledger.readPlanState(authority.orderId) : undefined;
  return overturnsOf(first, original, state).some(({ appeal }) => appeal !== undefined);
}
