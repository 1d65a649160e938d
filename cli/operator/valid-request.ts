/** Applies the function's own schema to a request before it is sent. */
import { issuesOf } from "../../lib/core/issues.ts";
import type { Stream } from "../../lib/core/stream.ts";
import { operatorEventSchema } from "../../lib/operator/contract/request.ts";
import { UsageError } from "../terminal/errors.ts";
import { issueText } from "./issue-text.ts";

const MAX_ISSUES = 10;

/** @param event - with its id. @param streams - those of the request, for messages about them. @throws UsageError */
export function validRequest(event: object, streams?: readonly Stream[]) {
  const { data, error } = operatorEventSchema.safeParse({ ...event, requestedBy: "set by the gateway" });
  if (data) {
    const { requestedBy: _caller, ...request } = data;
    return request;
  }
  const issues = issuesOf(error);
  const shown = issues.slice(0, MAX_ISSUES).map((issue) => issueText(issue, { ...event, streams }));
  const more = issues.length - shown.length;
  throw new UsageError([...shown, ...(more > 0 ? [`and ${more} more errors`] : [])].join("; "));
}
