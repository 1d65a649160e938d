/** A person as a line of a table names them. */
import { escapeInvisible } from "../../lib/core/escape-invisible.ts";

/** The name at the end of an ARN; a claimed name stays as it is, with its mark. */
export const personText = (requestedBy: string): string =>
  escapeInvisible(requestedBy.startsWith("arn:") ? requestedBy.slice(requestedBy.lastIndexOf("/") + 1) : requestedBy);
