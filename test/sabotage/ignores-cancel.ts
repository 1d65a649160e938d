/** Saboteur: the worker never looks whether somebody has cancelled the batch. */
import { handleOperatorOrder as handleRightly } from "../../lib/worker/handle-operator-order.ts";

export * from "../../lib/worker/handle-operator-order.ts";

export const handleOperatorOrder: typeof handleRightly = (message, deps) => {
  const readPlanState: typeof deps.ledger.readPlanState = async (orderId) => {
    const { cancelled, ...state } = await deps.ledger.readPlanState(orderId);
    return state;
  };
  return handleRightly(message, { ...deps, ledger: { ...deps.ledger, readPlanState } });
};
