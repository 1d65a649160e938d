/**
 * The two-person rule: sums one person's unapproved actions over the window of the policy's limits, so that splitting a plan does not avoid
 * approval. Enabling is counted apart from pausing and disabling, so that a person can always undo their own actions. Approved actions do
 * not count.
 */
import type { Action } from "../orders/order.ts";
import type { Policy } from "../policy/policy.ts";
import { addTo, mostInAll, usedOf } from "./action-limits.ts";
import { personOf } from "./identity.ts";
import type { LimitStore } from "./stores.ts";

export interface TwoPersonDeps {
  readonly ledger: LimitStore;
  readonly policy: Policy;
  readonly now: () => Date;
}
interface SoloRequest {
  readonly requestedBy: string;
  readonly action: Action | "reject";
  /** Number of streams; of cases if they are rejected. */
  readonly count: number;
  /** Minimum allowance per person and window, even if the policy's limit is 0: that stops the rules, and then a person has to act. */
  readonly always?: number;
}

const reasonsOf = ({ count, always = 0 }: SoloRequest, known: UsedAlone, policy: Policy): readonly ApprovalReason[] =>
  known.used + count <= always ? [] : approvalThresholdOf(count, known, policy).needsApproval;

/** A rejection leaves a stream on the air, as an enable puts it there. */
const directionOf = (action: SoloRequest["action"]): "off" | "on" =>
  action === "enable" || action === "reject" ? "on" : "off";

/** Number of streams that this person disabled and paused alone in the window, or enabled alone. */
export const readSoloUse = (
  { requestedBy, action }: Pick<SoloRequest, "requestedBy" | "action">,
  { ledger, policy, now }: TwoPersonDeps,
): Promise<number> =>
  ledger.changeSoloUse(personOf(requestedBy), (taken) => ({
    answer: usedOf(taken, directionOf(action), now(), policy),
  }));

/** The reasons why these actions need a second person; empty if they do not. */
export async function soloApprovalReasons(
  request: SoloRequest,
  deps: TwoPersonDeps,
): Promise<readonly ApprovalReason[]> {
  const [counted, used] = await Promise.all([deps.ledger.readLiveStreams(), readSoloUse(request, deps)]);
  return reasonsOf(request, { used, liveStreams: counted?.count }, deps.policy);
}

/** The same, and counts the actions if they need no second person: in one conditional write, so that two requests cannot both fit. */
export async function reserveSolo(
  request: SoloRequest,
  { ledger, policy, now }: TwoPersonDeps,
): Promise<readonly ApprovalReason[]> {
  const { requestedBy, action, count } = request;
  const counted = await ledger.readLiveStreams();
  const source = directionOf(action);
  return ledger.changeSoloUse<readonly ApprovalReason[]>(personOf(requestedBy), (taken) => {
    const used = usedOf(taken, source, now(), policy);
    const answer = reasonsOf(request, { used, liveStreams: counted?.count }, policy);
    return answer.length > 0 ? { answer } : { taken: addTo(taken, { source, count, now: now() }, policy), answer };
  });
}

/** For messages: names the earlier actions that count as well. */
export const includingEarlier = (requestedBy: string, { limits }: Pick<Policy, "limits">): string =>
  `with what ${requestedBy} did alone in the last ${limits.windowMinutes} minutes`;
export interface UsedAlone {
  /** Streams that this person acted on alone in the window. */
  readonly used: number;
  /** Live streams as last counted; undefined before the first count. */
  readonly liveStreams: number | undefined;
}

/** How many streams one person may still act on without approval, and why a plan of this size needs one. */
export interface ApprovalThreshold {
  /** Streams left in the limits' window. */
  readonly most: number;
  /** The limit that sets it: the smaller of the total and the share of live streams. */
  readonly limit: string;
  readonly needsApproval: readonly ApprovalReason[];
}

/** Applies the smaller of the limits that all rules share to one person's unapproved actions. */
export function approvalThresholdOf(
  count: number,
  { used, liveStreams }: UsedAlone,
  policy: Policy,
): ApprovalThreshold {
  const { total, share } = mostInAll(liveStreams, policy);
  return {
    most: Math.max(0, Math.min(total, share) - used),
    limit: share < total ? "limit-share" : "limit-total",
    needsApproval: [
      ...(used + count > total ? (["limit-total"] as const) : []),
      ...(used + count > share ? (["limit-share"] as const) : []),
    ],
  };
}

/** Why a plan needs a second person. */
export const approvalReasons = ["limit-total", "limit-share", "protected-stream"] as const;
export type ApprovalReason = (typeof approvalReasons)[number];
