/** `sample`: sets the share of actions that people look at afterwards. */
import type { ModeStore } from "../../safeguards/stores.ts";
import type { RequestAttempt } from "../actions/attempt.ts";
import type { EventOf } from "../contract/request.ts";
import type { OperatorResponse } from "../contract/response-schema.ts";

export interface SampleDeps {
  readonly ledger: ModeStore;
  readonly attempt: RequestAttempt;
}

export async function setSample(
  { share, reason, requestedBy: changedBy, dryRun }: EventOf<"sample">,
  { ledger, attempt }: SampleDeps,
): Promise<OperatorResponse> {
  const { sample: before } = await ledger.readMode();
  const changedAt = attempt.at.toISOString();
  // The salt stays, so that a larger share draws all that a smaller one draws. The first one is the random id of the request.
  const salt = before?.salt ?? attempt.orderId;
  const isOutdated = attempt.isRepeated && before !== undefined && before.changedAt >= changedAt;
  if (!dryRun && !isOutdated) await ledger.writeSample({ share, salt, changedAt, changedBy, reason });
  return { ok: true, results: [], errors: [], mode: await ledger.readMode(), dryRun };
}
