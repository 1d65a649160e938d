/**
 * An operator's plan: the exact list of streams to change, stored before anything happens. A plan never changes. A second person approves
 * its SHA-256, `apply` names it, and the worker verifies every part with it before it sends anything. An applied plan is a batch with the
 * same order id.
 */
import * as z from "zod";
import { definedOnly } from "../core/defined-only.ts";
import { sha256Hex } from "../core/sha256.ts";
import { knownStreamSchema, nameOf } from "../core/stream.ts";
import { orderIdSchema } from "../orders/order-id.ts";
import type { Overturn } from "../orders/overturn.ts";
import { approvalReasons } from "../safeguards/two-person-rule.ts";
import { caseSelectorSchema } from "./case-selector.ts";
import { type Candidate, selectorSchema } from "./selector.ts";

/** Streams of one plan; fewer if their names are too long for one response (response-size.ts). */
export const MAX_PLAN_STREAMS = 5_000;

/** Streams per part: an item of the ledger has at most 400 kB, and the names of a stream at most 3.6 kB. */
export const PART_STREAMS = 100;

/** A plan expires soon, because other streams are live by then. */
export const PLAN_MINUTES = 10;

export const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/, "must be a SHA-256 in hex");
/** `reject` acts on no stream: it is the verdict on the cases of the plan. */
const action = z.enum(["pause", "disable", "enable", "reject"]);
export type PlanAction = z.infer<typeof action>;

export const planSchema = z.strictObject({
  version: z.literal(1),
  orderId: orderIdSchema,
  action,
  /** Of a disable: the same for all streams. */
  resumeTime: z.iso.datetime().exactOptional(),
  reason: z.string(),
  requestedBy: z.string(),
  plannedAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  /** SHA-256 of the policy, including scope and protected streams. Under another policy the plan is void. */
  policy: sha256Schema,
  /** Also changes protected streams. */
  overrideProtected: z.boolean(),
  /** Order id of the batch that this plan undoes. */
  undoes: orderIdSchema.exactOptional(),
  needsApproval: z.array(z.enum(approvalReasons)),
  /** How the streams were found, and how many live streams were compared. They change nothing, but people approve the plan by them. */
  selector: selectorSchema.exactOptional(),
  liveCount: z.number().int().min(0).exactOptional(),
  /** Of a plan of verdicts: how the cases were found. Each of its streams names its case; a rejection has cases and no streams. */
  cases: caseSelectorSchema.exactOptional(),
  count: z.number().int().min(1).max(MAX_PLAN_STREAMS),
  parts: z.array(z.strictObject({ sha256: sha256Schema, count: z.number().int().min(1).max(PART_STREAMS) })).min(1),
});
export type OperatorPlan = z.infer<typeof planSchema>;

/** A detail that Live returned. A longer one is not stored, so that a part stays below the size of an item. */
const MAX_DETAIL = 64;
const detail = z.string().max(MAX_DETAIL).exactOptional();

/** A stream with the details that the planner saw. The hash covers them, so that the approver sees the same; orders have the names only. */
const plannedStreamSchema = knownStreamSchema.extend({
  ...{ clientAddress: detail, startTime: detail },
  /** `source#id` of the case whose approval the order carries out. */
  report: z.string().exactOptional(),
});
export type PlannedStream = z.infer<typeof plannedStreamSchema>;

const plannedStream = (candidate: Candidate): PlannedStream => ({
  ...nameOf(candidate),
  ...definedOnly({
    clientAddress: short(candidate.clientAddress),
    startTime: short(candidate.startTime),
    report: candidate.report,
  }),
});
const short = (text: string | undefined): string | undefined =>
  text !== undefined && text.length <= MAX_DETAIL ? text : undefined;

export const planPartSchema = z.array(plannedStreamSchema).min(1).max(PART_STREAMS);
/** A part of a plan of rejections. */
export const casesPartSchema = z
  .array(z.strictObject({ report: z.string() }))
  .min(1)
  .max(PART_STREAMS);

/** The plan as stored: texts, because hashes are computed from bytes. */
export interface PlanText {
  readonly head: string;
  /** `PART_STREAMS` streams each; the last part may have fewer. */
  readonly parts: readonly string[];
}

/** Hash of the head, which contains the hash of every part. */
export const planSha256 = ({ head }: Pick<PlanText, "head">): string => sha256Hex(head);

type PlanHead = Omit<OperatorPlan, "version" | "count" | "parts">;

export const writePlanText = (plan: PlanHead, streams: readonly Candidate[]): PlanText =>
  writeText(plan, streams.map(plannedStream));

/** Of a plan of rejections. */
export const writeCasesText = (plan: PlanHead, cases: readonly { readonly report: string }[]): PlanText => {
  const rows = cases.map(({ report }) => ({ report }));
  return writeText(plan, rows);
};

function writeText(plan: PlanHead, rows: readonly object[]): PlanText {
  const parts: string[] = [];
  const described: OperatorPlan["parts"] = [];
  for (let start = 0; start < rows.length; start += PART_STREAMS) {
    const some = rows.slice(start, start + PART_STREAMS);
    const text = JSON.stringify(some);
    parts.push(text);
    described.push({ sha256: sha256Hex(text), count: some.length });
  }
  return { head: JSON.stringify({ version: 1, ...plan, count: rows.length, parts: described }), parts };
}

export const partOf = (index: number): number => Math.floor(index / PART_STREAMS);

/** The approval of exactly this text. */
export interface Approval {
  readonly approvedBy: string;
  readonly approvedAt: string;
  readonly reason: string;
  readonly planSha256: string;
}

/** The application of a plan. From then on the worker carries it out. */
export interface Applied {
  readonly appliedBy: string;
  readonly appliedAt: string;
  readonly reason: string;
  readonly planSha256: string;
  readonly overridesRulesUntil: string;
  /** The second person. Absent if none was needed, or with break-glass. */
  readonly approvedBy?: string;
  readonly breakGlass?: true;
}

/** The cancellation. From then on no further order is sent. */
export interface Cancelled {
  readonly cancelledBy: string;
  readonly cancelledAt: string;
  readonly reason: string;
}

/** The request of a person to undo the batch. */
export interface Undo {
  readonly askedBy: string;
  readonly askedAt: string;
  /** The plan of the undo: the batch is undone while that plan is applied and not cancelled. Absent: undone at once, because no stream had to be changed. */
  readonly undoOrderId?: string;
}

/** The state of a plan. Each part is written once; undos are added. */
export interface PlanState {
  readonly approval?: Approval;
  readonly applied?: Applied;
  readonly cancelled?: Cancelled;
  readonly undos?: readonly Undo[];
  /** Statements that the orders were wrong, oldest first. The newest one counts. */
  readonly overturns?: readonly Overturn[];
}
