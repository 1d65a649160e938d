/** Which mode, and which sources nothing acts on: told, or changed with who and why. */

import { type Policy, sourceOf } from "../../policy/policy.ts";
import type { ModeStore } from "../../safeguards/stores.ts";
import type { OperatorEvent } from "../contract/request.ts";
import { type OperatorResponse, refused } from "../contract/response.ts";

export interface ModeDeps {
  readonly ledger: ModeStore;
  readonly policy: Pick<Policy, "sources">;
  readonly now: () => Date;
}

export async function changeMode(
  { mode, source, frozen, reason, requestedBy, dryRun }: Extract<OperatorEvent, { action: "mode" }>,
  { ledger, policy, now }: ModeDeps,
): Promise<OperatorResponse> {
  // A misspelt source would look frozen, and act on.
  if (source !== undefined && !sourceOf(source, policy)) {
    return refused([{ pointer: "/source", message: "is not a source of the policy" }]);
  }
  if (!dryRun) {
    const change = { reason, changedBy: requestedBy, changedAt: now().toISOString() };
    if (mode !== undefined) await ledger.writeMode({ mode, ...change });
    if (source !== undefined && frozen !== undefined) await ledger.writeFreeze(source, frozen, change);
  }
  return { ok: true, results: [], errors: [], mode: await ledger.readMode(), dryRun };
}
