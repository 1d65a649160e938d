/** A finding of an audit that gives an event. The ledger keeps it, because the findings themselves are in the archive only. */
import * as z from "zod";
import { knownStreamSchema } from "../core/stream.ts";

const instant = z.iso.datetime();

export const auditNoticeSchema = z.discriminatedUnion("kind", [
  /** A disable that ends soon: one notice per order. */
  z.object({
    kind: z.literal("expiring"),
    stream: knownStreamSchema,
    /** Number of the order that disabled the stream. */
    orderNumber: z.number().int().min(1),
    resumeTime: instant,
    foundAt: instant,
  }),
  /** Live and the ledger disagree: one notice per audit with drift. */
  z.object({
    kind: z.literal("drift"),
    /** The scheduled hour of the audit. */
    slot: instant,
    foundAt: instant,
    /** Number of the chain entry. */
    entry: z.number().int().min(1),
    /** How many findings of each kind. */
    counts: z.record(z.string(), z.number().int().min(1)),
    /** Name of the object in the archive that has them; absent if it could not be stored. */
    findings: z.string().exactOptional(),
  }),
]);
export type AuditNotice = z.infer<typeof auditNoticeSchema>;
