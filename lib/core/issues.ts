/** What is wrong with something that came from outside, and where: a JSON pointer and a sentence, never the value. */
import type * as z from "zod";

export interface Issue {
  /** RFC 6901; `""` is the whole document. */
  readonly pointer: string;
  readonly message: string;
}

export const jsonPointer = (path: readonly PropertyKey[]): string =>
  path.map((key) => `/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");

/** Every fault zod found, in its order. zod's messages name types and limits, not what was received. */
export const issuesOf = (error: z.ZodError): Issue[] =>
  error.issues.map(({ path, message }) => ({ pointer: jsonPointer(path), message }));

/** One line for a log or a person. */
export const formatIssues = (issues: readonly Issue[]): string =>
  issues.map(({ pointer, message }) => `${pointer || "the whole"}: ${message}`).join("; ");
