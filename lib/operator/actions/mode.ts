/** `mode`: returns the mode and the frozen sources, or changes them and records by whom and why. */

import { sourceOf } from "../../policy/policy.ts";
import type { ListModeChanges } from "../../safeguards/stores.ts";
import type { EventOf } from "../contract/request.ts";
import { done, refusedAt } from "../contract/response.ts";
import type { OperatorResponse } from "../contract/response-schema.ts";
import type { Uses } from "./deps.ts";

export async function changeMode(
  { mode, source, frozen, reason, requestedBy, dryRun }: EventOf<"mode">,
  { ledger, policy, attempt, listModeChanges }: Uses<"ledger" | "policy" | "attempt" | "listModeChanges">,
): Promise<OperatorResponse> {
  // Otherwise the freeze of a misspelt source would succeed, and the source would still act.
  if (source !== undefined && !sourceOf(source, policy)) {
    return refusedAt("/source", "is not a source of the policy");
  }
  const changedAt = attempt.at.toISOString();
  // An interrupted attempt may have made the change, and another person a later one, which stays.
  const isOutdated = attempt.isRepeated && (await isChangedSince(changedAt, source, listModeChanges));
  if (!dryRun && !isOutdated) {
    const change = { reason, changedBy: requestedBy, changedAt };
    if (mode !== undefined) await ledger.writeMode({ mode, ...change });
    if (source !== undefined && frozen !== undefined) await ledger.writeFreeze(source, frozen, change);
  }
  return done({ mode: await ledger.readMode(), dryRun });
}

/** Of the mode, or of a source if one is given. */
const isChangedSince = async (at: string, source: string | undefined, list: ListModeChanges): Promise<boolean> =>
  (await list(at)).some((change) => change.source === source);
