/** Refuses an authenticated message that cannot be translated. */
import type * as z from "zod";
import { OffairError } from "../core/errors.ts";
import { type Issue, issuesOf } from "../core/issues.ts";

/** @param message - what the sender reads, if it is answered issues. */
export const invalid = (issues: readonly Issue[], message = "the message is not as documented"): OffairError =>
  new OffairError("ERR_REPORT_INVALID", message, { issues });

/** The value as the schema reads it. @throws OffairError `ERR_REPORT_INVALID` with an issue at each fault. */
export function readAs<T>(schema: z.ZodType<T>, value: unknown, message: string): T {
  const { data, error } = schema.safeParse(value);
  if (error) throw new OffairError("ERR_REPORT_INVALID", message, { issues: issuesOf(error) });
  return data;
}
