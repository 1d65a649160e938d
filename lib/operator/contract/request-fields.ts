/** Fields that several requests have. */
import * as z from "zod";
import { MAX_DISABLE_HOURS } from "../../core/time.ts";
import { requestIdSchema } from "../../orders/order-id.ts";
import { MAX_REASON } from "./limits.ts";

const written = (max: number, control: RegExp, except = "") =>
  z
    .string()
    .trim()
    .min(1, "must not be empty")
    .max(max, `must be at most ${max} characters`)
    .refine((text) => text.isWellFormed() && !control.test(text), `must not hold control characters${except}`);

/** One line of text that a person wrote. */
export const sentence = (max: number) => written(max, /[\u0000-\u001f\u007f-\u009f]/);

/** Text that a person wrote, with line breaks. */
export const prose = (max: number) =>
  written(max, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/, " other than line breaks and tabs");

export const base = {
  /** The sender makes it, and sends it with every attempt of the request. Required if the request changes something (effects.ts). */
  id: requestIdSchema.exactOptional(),
  reason: sentence(MAX_REASON),
  /** The caller's ARN, set by the gateway. In a direct invocation, which proves no identity: `name (claimed)`. */
  requestedBy: sentence(2_048),
};

export const hours = z.number().int().min(1).max(MAX_DISABLE_HOURS);

/** The longest key is that of a re-publish, which contains the key of the report that caused the pause or disable. */
export const reportKeySchema = z
  .string()
  .max(64 + "#re-publish of ".length + 64 + 1 + 300)
  .regex(/^[a-z0-9-]{1,64}#./s, "must be source#id");

/** The default is a dry run. A misspelt `dryrun` is an error. */
export const change = { ...base, dryRun: z.boolean().default(true) };

/** Also checked if the event has other errors, so that all errors are reported at once. */
export const issue = (path: string, message: string) => ({
  path: [path],
  message,
  when: ({ value }: { value: unknown }) => typeof value === "object" && value !== null,
});
