import * as z from "zod";
import { reportSchema } from "./report.ts";

/** What every message of a source says of itself. */
export const received = reportSchema.pick({ source: true, id: true, receivedAt: true, bodySha256: true });

/** Proven, and not understood: what is wrong with it, and where. The body itself is not kept. */
export const untranslatedSchema = received.extend({
  issues: z
    .array(z.object({ pointer: z.string(), message: z.string() }))
    .min(1)
    .max(20),
});
export type Untranslated = z.infer<typeof untranslatedSchema>;
