/**
 * What one person did without a second one in the window of the policy's limits: a large plan cut into small ones is as large. Taking off
 * and letting on count apart, so that nobody is kept from taking back what they did alone. What a second person approved does not count.
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
  readonly action: Action;
  /** Streams. */
  readonly count: number;
  /** So many in the window are theirs whatever the limits say: 0 may be there to stop the rules, and a person is needed then. */
  readonly always?: number;
}

function reasonsOf(
  { count, always = 0 }: SoloRequest,
  known: { readonly used: number; readonly liveStreams: number | undefined },
  policy: Policy,
): readonly ApprovalReason[] {
  return known.used + count <= always ? [] : approvalThresholdOf(count, known, policy).needsApproval;
}

const directionOf = (action: Action): "off" | "on" => (action === "enable" ? "on" : "off");

/** Streams that this person took off, or let on. */
export const readSoloUse = (
  { requestedBy, action }: Pick<SoloRequest, "requestedBy" | "action">,
  { ledger, policy, now }: TwoPersonDeps,
): Promise<number> =>
  ledger.changeSoloUse(personOf(requestedBy), (taken) => ({
    answer: usedOf(taken, directionOf(action), now(), policy),
  }));

/** Why it takes a second person; empty: it does not. */
export async function soloApprovalReasons(
  wanted: SoloRequest,
  deps: TwoPersonDeps,
): Promise<readonly ApprovalReason[]> {
  const [counted, used] = await Promise.all([deps.ledger.readLiveStreams(), readSoloUse(wanted, deps)]);
  return reasonsOf(wanted, { used, liveStreams: counted?.count }, deps.policy);
}

/** The same, and counts it if it takes nobody else: in one step, so that no two are counted where one is too much. */
export async function reserveSolo(
  wanted: SoloRequest,
  { ledger, policy, now }: TwoPersonDeps,
): Promise<readonly ApprovalReason[]> {
  const { requestedBy, action, count } = wanted;
  const counted = await ledger.readLiveStreams();
  const source = directionOf(action);
  return ledger.changeSoloUse<readonly ApprovalReason[]>(personOf(requestedBy), (taken) => {
    const used = usedOf(taken, source, now(), policy);
    const answer = reasonsOf(wanted, { used, liveStreams: counted?.count }, policy);
    return answer.length > 0 ? { answer } : { taken: addTo(taken, { source, count, now: now() }, policy), answer };
  });
}

/** What else counts. */
export const includingEarlier = (requestedBy: string, { limits }: Pick<Policy, "limits">): string =>
  `with what ${requestedBy} did alone in the last ${limits.windowMinutes} minutes`;
export interface UsedAlone {
  /** Streams that this person acted on alone in the window. */
  readonly used: number;
  /** As last counted; undefined while nobody has. */
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

/** Why somebody alone may not apply it. */
export const approvalReasons = ["limit-total", "limit-share", "protected-stream"] as const;
export type ApprovalReason = (typeof approvalReasons)[number];
