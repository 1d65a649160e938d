/**
 * A plan: exactly which streams somebody wants off, or on again, written down before anything happens. It never changes, so its SHA-256
 * is what a second person approves, what `apply` names, and what the worker holds every part of it against before it sends anything.
 * Applied, it is a batch; the order id of both is the same.
 */
import * as z from "zod";
import { sha256Hex } from "../core/sha256.ts";
import { nameOf, type Stream, streamSchema } from "../core/stream.ts";
import { orderIdSchema } from "../orders/order-id.ts";
import { approvalReasons } from "../safeguards/two-person-rule.ts";

/** Streams of one plan; where their names are too long for one answer, fewer (plan-size.ts). */
export const MAX_PLAN_STREAMS = 5_000;

/** Streams a part: an item of the ledger holds 400 kB, and a stream's names at most 3.6 kB. */
export const PART_STREAMS = 100;

/** What was live when it was planned is something else soon after. */
export const PLAN_MINUTES = 10;

export const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/, "must be a SHA-256 in hex");
const action = z.enum(["pause", "disable", "enable"]);

export const planSchema = z.strictObject({
  version: z.literal(1),
  orderId: orderIdSchema,
  action,
  /** Of a disable: decided once. */
  resumeTime: z.iso.datetime().exactOptional(),
  reason: z.string(),
  requestedBy: z.string(),
  plannedAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  /** SHA-256 of the policy, scope and protected streams included: under another one the plan is void. */
  policy: sha256Schema,
  /** Acts on protected streams as well. */
  overrideProtected: z.boolean(),
  /** Order id of the batch that it undoes. */
  undoes: orderIdSchema.exactOptional(),
  needsApproval: z.array(z.enum(approvalReasons)),
  count: z.number().int().min(1).max(MAX_PLAN_STREAMS),
  parts: z.array(z.strictObject({ sha256: sha256Schema, count: z.number().int().min(1).max(PART_STREAMS) })).min(1),
});
export type OperatorPlan = z.infer<typeof planSchema>;

export const planPartSchema = z.array(streamSchema).min(1).max(PART_STREAMS);

/** As stored: texts, because a hash is of bytes. */
export interface PlanText {
  readonly head: string;
  /** `PART_STREAMS` streams each, the last one fewer. */
  readonly parts: readonly string[];
}

/** Of the head, which holds the hash of every part. */
export const planSha256 = ({ head }: Pick<PlanText, "head">): string => sha256Hex(head);

export function writePlanText(
  plan: Omit<OperatorPlan, "version" | "count" | "parts">,
  streams: readonly Stream[],
): PlanText {
  const parts: string[] = [];
  const described: OperatorPlan["parts"] = [];
  for (let start = 0; start < streams.length; start += PART_STREAMS) {
    const some = streams.slice(start, start + PART_STREAMS).map(nameOf);
    const text = JSON.stringify(some);
    parts.push(text);
    described.push({ sha256: sha256Hex(text), count: some.length });
  }
  return { head: JSON.stringify({ version: 1, ...plan, count: streams.length, parts: described }), parts };
}

export const partOf = (index: number): number => Math.floor(index / PART_STREAMS);

/** Who said yes to exactly this text. */
export interface Approval {
  readonly approvedBy: string;
  readonly approvedAt: string;
  readonly reason: string;
  readonly planSha256: string;
}

/** The moment from which the worker acts on it. */
export interface Applied {
  readonly appliedBy: string;
  readonly appliedAt: string;
  readonly reason: string;
  readonly planSha256: string;
  readonly overridesRulesUntil: string;
  /** A second person's; absent where none was needed, or where the glass was broken. */
  readonly approvedBy?: string;
  readonly breakGlass?: true;
}

/** Nothing is sent from here on that was not sent before. */
export interface Cancelled {
  readonly cancelledBy: string;
  readonly cancelledAt: string;
  readonly reason: string;
}

/** A person asked to undo the batch. */
export interface Undo {
  readonly askedBy: string;
  readonly askedAt: string;
  /** Of the plan: the batch is undone while that plan is applied and not cancelled. Absent: undone at once, as no stream had to be changed. */
  readonly undoOrderId?: string;
}

/** What became of a plan. Each part is written once; undos are added. */
export interface PlanState {
  readonly approval?: Approval;
  readonly applied?: Applied;
  readonly cancelled?: Cancelled;
  readonly undos?: readonly Undo[];
}
