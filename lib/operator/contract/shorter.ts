/** Whether a disable ends earlier than the present one. */
import type { Result } from "./response-schema.ts";

/** @param before - the present end. Null: it has no known end. Undefined: the stream is not disabled. */
export const isShorter = (end: string | null | undefined, before: string | null | undefined): boolean =>
  before !== undefined && (before === null || Date.parse(end ?? "") < Date.parse(before));

export const shortens = ({ resumeTime, previousResumeTime }: Result): boolean =>
  isShorter(resumeTime, previousResumeTime);
