/**
 * The status of a report, as its sender is answered: a closed list of states, which docs/integrate.md explains. The function has only the
 * types; the schema is for tests.
 */
import * as z from "zod";

const instant = z.iso.datetime();

/** How a report ended: the outcome of its order, or why it has none. `rejected`: by a person. `granted`: an appeal, by a person. */
const OUTCOMES = [
  ...(["accepted", "verified", "unverified", "unknown", "refused", "failed", "superseded"] as const),
  ...(["ignored", "observed", "rejected", "granted"] as const),
] as const;

const orderSchema = z.strictObject({
  action: z.enum(["pause", "disable"]),
  /** Until when the stream is disabled. */
  resumeTime: instant.exactOptional(),
});

const decided = {
  source: z.string(),
  id: z.string(),
  receivedAt: instant,
  decidedAt: instant,
  decision: z.strictObject({
    action: z.enum(["ignore", "review", "refuse", "pause", "disable"]),
    rule: z.string().exactOptional(),
  }),
};

export const reportStatusSchema = z.discriminatedUnion("status", [
  /** The decision acts, and is being carried out. */
  z.strictObject({ ...decided, status: z.literal("decided") }),
  /** A person has to decide, by `waitingUntil`. */
  z.strictObject({ ...decided, status: z.literal("waiting"), waitingUntil: instant.exactOptional() }),
  /** A person approved an action. */
  z.strictObject({ ...decided, status: z.literal("ordered"), order: orderSchema }),
  z.strictObject({
    ...decided,
    status: z.literal("done"),
    outcome: z.enum(OUTCOMES),
    outcomeAt: instant.exactOptional(),
    /** `number`: of the order within its stream. */
    order: orderSchema.extend({ number: z.number().int().min(1) }).exactOptional(),
  }),
]);
export type ReportStatus = z.infer<typeof reportStatusSchema>;
