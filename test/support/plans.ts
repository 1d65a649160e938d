/** Plans as the incident function writes and applies them. */
import { randomUUID } from "node:crypto";
import type { Stream } from "../../lib/core/stream.ts";
import { HOUR_MS, MINUTE_MS, resumeTimeAfter } from "../../lib/core/time.ts";
import type { Ledger } from "../../lib/ledger/ledger.ts";
import {
  type Applied,
  type OperatorPlan,
  PLAN_MINUTES,
  type PlanText,
  planSha256,
  writePlanText,
} from "../../lib/plans/plan.ts";

export const ALICE = "arn:aws:iam::000000000000:user/alice";
export const BOB = "arn:aws:iam::000000000000:user/bob";

export interface TestPlan extends PlanText {
  readonly orderId: string;
  readonly sha256: string;
}

type Head = Omit<OperatorPlan, "version" | "count" | "parts">;

/** A disable for a day, by alice. */
export function aPlan(streams: readonly Stream[], now: Date, change: Partial<Head> = {}): TestPlan {
  const { action = "disable" } = change;
  const head: Head = {
    ...{ orderId: `op-${randomUUID()}`, action, reason: "INC-881", requestedBy: ALICE, plannedAt: now.toISOString() },
    ...(action === "disable" && { resumeTime: resumeTimeAfter(now, 24) }),
    expiresAt: new Date(now.getTime() + PLAN_MINUTES * MINUTE_MS).toISOString(),
    ...{ policy: "0".repeat(64), overrideProtected: false, needsApproval: [] },
    ...change,
  };
  const text = writePlanText(head, streams);
  return { ...text, orderId: head.orderId, sha256: planSha256(text) };
}

export const appliedNow = ({ sha256 }: TestPlan, now: Date, change: Partial<Applied> = {}): Applied => ({
  ...{ appliedBy: ALICE, appliedAt: now.toISOString(), reason: "go", planSha256: sha256 },
  overridesRulesUntil: new Date(now.getTime() + 24 * HOUR_MS).toISOString(),
  ...change,
});

/** Written and applied. */
export async function applyNow(
  plan: TestPlan,
  ledger: Ledger,
  now: Date,
  change: Partial<Applied> = {},
): Promise<void> {
  await ledger.writePlan(plan.orderId, plan);
  await ledger.applyPlan(plan.orderId, appliedNow(plan, now, change));
}
