/** Statements of people that an action was wrong. They are stored with the report of the action, or with the operator's orders. */

/** Why an action was wrong. `policy`, `context`: the report was true, and the policy, or what surrounds it, should have let it be. */
export const OVERTURN_REASONS = ["false-positive", "policy", "context"] as const;
export type OverturnReason = (typeof OVERTURN_REASONS)[number];

/** A person says that an action was wrong. It changes nothing at Live. */
export interface Overturn {
  readonly because: OverturnReason;
  readonly by: string;
  readonly at: string;
  readonly reason: string;
}
