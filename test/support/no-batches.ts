/** What a worker has for batches and for the clock, in a test that is about something else. */

import type { Ledger } from "../../lib/ledger/ledger.ts";
import { createAppliedPlans } from "../../lib/plans/applied-plan.ts";
import type { HandleDeps } from "../../lib/worker/handler.ts";

export const noBatches = (ledger: Ledger): Pick<HandleDeps, "appliedPlans" | "enqueue" | "wakeClock"> => ({
  appliedPlans: createAppliedPlans(ledger),
  wakeClock: async () => {},
  enqueue: async (_queue, messages) => {
    if (messages.some(({ kind }) => kind !== "pause-check")) throw new Error("there is no batch in this test");
  },
});
