/** `mode`: returns the mode and the frozen sources, or changes them and records by whom and why. */

import { type Policy, sourceOf } from "../../policy/policy.ts";
import type { ModeStore } from "../../safeguards/stores.ts";
import type { EventOf } from "../contract/request.ts";
import { refused } from "../contract/response.ts";
import type { OperatorResponse } from "../contract/response-schema.ts";

export interface ModeDeps {
  readonly ledger: ModeStore;
  readonly policy: Pick<Policy, "sources">;
  readonly now: () => Date;
}

export async function changeMode(
  { mode, source, frozen, reason, requestedBy, dryRun }: EventOf<"mode">,
  { ledger, policy, now }: ModeDeps,
): Promise<OperatorResponse> {
  // Otherwise the freeze of a misspelt source would succeed, and the source would still act.
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
