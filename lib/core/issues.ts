/** Validation issues of external input: a JSON pointer and a message, never the value. */
import type * as z from "zod";

export interface Issue {
  /** RFC 6901; `""` is the whole document. */
  readonly pointer: string;
  readonly message: string;
}

export const jsonPointer = (path: readonly PropertyKey[]): string =>
  path.map((key) => `/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");

/** All issues that zod found, in order. Zod's messages name types and limits, not the value received. */
export const issuesOf = (error: z.ZodError): Issue[] =>
  error.issues.map(({ path, message }) => ({ pointer: jsonPointer(path), message }));

/** Formats issues as one line, for a log or an error message. */
export const formatIssues = (issues: readonly Issue[]): string =>
  issues.map(({ pointer, message }) => `${pointer || "the whole"}: ${message}`).join("; ");
