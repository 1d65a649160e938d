import * as z from "zod";
import { reportSchema } from "./report.ts";

/** What is known of every message of a source. */
export const received = reportSchema.pick({ source: true, id: true, receivedAt: true, bodySha256: true });

/** An authenticated message that could not be translated, with what is wrong and where. The body itself is not stored. */
export const untranslatedSchema = received.extend({
  issues: z
    .array(z.object({ pointer: z.string(), message: z.string() }))
    .min(1)
    .max(20),
});
export type Untranslated = z.infer<typeof untranslatedSchema>;
