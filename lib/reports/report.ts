/** A claim as it was received: what goes on the queue, and into the ledger. */
import * as z from "zod";
import { claimSchema, instantSchema } from "./claim.ts";

/** Who reported is personal: what leaves the webhook is a pseudonym that only the source's secret can make. */
export const reportSchema = claimSchema.omit({ reporter: true }).extend({
  source: z.string().min(1),
  reporterHash: z.string().length(32).exactOptional(),
  /** The sender's own id of this report. */
  id: z.string().min(1).max(300),
  receivedAt: instantSchema,
  /** Of the body as received; the body itself is not kept. */
  bodySha256: z.string().length(64),
});
export type Report = z.infer<typeof reportSchema>;

/** The idempotency key: a report decides once and acts once, however often it is delivered. */
export const reportKey = ({ source, id }: Pick<Report, "source" | "id">): string => `${source}#${id}`;
