/** A report: a claim as received from a source, as it is queued and stored in the ledger. */
import * as z from "zod";
import { instantSchema } from "../core/instant.ts";
import { appealSchema, claimSchema } from "./claim.ts";

/** The reporter's id is personal data: it is replaced by a pseudonym, an HMAC with the source's secret, before it leaves the webhook. */
export const reportSchema = claimSchema.omit({ reporter: true }).extend({
  source: z.string().min(1),
  reporterHash: z.string().length(32).exactOptional(),
  /** The sender's id of this report. */
  id: z.string().min(1).max(300),
  receivedAt: instantSchema,
  /** SHA-256 (hexadecimal) of the body as received; the body itself is not stored. */
  bodySha256: z.string().length(64),
  /** Set if it is no report but an appeal, which only a source of kind `appeal` can send. */
  appeal: appealSchema.exactOptional(),
});
export type Report = z.infer<typeof reportSchema>;

/** The idempotency key: a report is decided on once and acted on once, however often it is delivered. */
export const reportKey = ({ source, id }: Pick<Report, "source" | "id">): string => `${source}#${id}`;
