/** Statements of people that an action was wrong. They are stored with the report of the action, or with the operator's orders. */

import { type Stream, streamKey } from "../core/stream.ts";

/** Why an action was wrong. `policy`, `context`: the report was true, and the policy, or what surrounds it, should have let it be. */
export const OVERTURN_REASONS = ["false-positive", "policy", "context"] as const;
export type OverturnReason = (typeof OVERTURN_REASONS)[number];

/** A person says that an action was wrong. The statement itself changes nothing at Live. */
export interface Overturn {
  readonly because: OverturnReason;
  readonly by: string;
  readonly at: string;
  readonly reason: string;
  /** `source#id` of the appeal that was granted. */
  readonly appeal?: string;
  /** Of a granted appeal against one order of an operator's batch: the other orders of the batch are not concerned. */
  readonly stream?: Stream;
}

/** The statements that concern the order of this stream. */
export const overturnsOn = (overturns: readonly Overturn[] = [], stream: Stream): Overturn[] =>
  overturns.filter((each) => !each.stream || streamKey(each.stream) === streamKey(stream));
