/** Error responses as `application/problem+json` (RFC 9457): they name the failed check and quote nothing of the request. */
import { type ErrorCode, OffairError } from "../core/errors.ts";
import { TRACE_HEADER } from "../core/trace.ts";

export interface HttpResponse {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** The status of each error code. Any other error is an internal error: 500. */
const PROBLEMS: Partial<Record<ErrorCode, { status: number; title: string }>> = {
  ERR_REPORT_METHOD: { status: 405, title: "Method not allowed" },
  ERR_SOURCE_UNKNOWN: { status: 404, title: "Unknown source" },
  ERR_REPORT_TOO_LARGE: { status: 413, title: "Body too large" },
  ERR_REPORT_SIGNATURE: { status: 401, title: "Not authenticated" },
  ERR_REPORT_MEDIA_TYPE: { status: 415, title: "Unsupported content type or encoding" },
  ERR_REPORT_INVALID: { status: 400, title: "Not a report" },
  ERR_REPORT_SCOPE: { status: 422, title: "Outside scope" },
  ERR_REPORT_UNKNOWN: { status: 404, title: "Unknown report" },
  ERR_STATUS_ID: { status: 400, title: "Not the signed id" },
  ERR_LEDGER: { status: 503, title: "Not available" },
  ERR_SECRET: { status: 503, title: "Not available" },
  ERR_QUEUE: { status: 503, title: "Not available" },
};

/**
 * The headers that RFC 9110 wants with a status (sections 10.2.1, 11.6.1, 12.5.1, 12.5.3), or recommends. `Signature` is no registered
 * scheme: it says that the request itself has to be signed, and docs/integrate.md says how.
 */
const HEADERS: Readonly<Record<number, Readonly<Record<string, string>>>> = {
  401: { "www-authenticate": 'Signature realm="reports"' },
  415: { accept: "application/json", "accept-encoding": "identity" },
  503: { "retry-after": "5" }, // seconds
};

/** What differs between the paths. */
export interface PathAnswers {
  /** The methods that a 405 names. */
  readonly allow: string;
  /** The detail of a 5xx response, which reveals nothing about the service. */
  readonly serverError: string;
}

const REPORTS: PathAnswers = { allow: "POST", serverError: "the report was not accepted; send it again" };

export function problemAnswer(
  error: unknown,
  traceId: string,
  { allow, serverError }: PathAnswers = REPORTS,
): HttpResponse {
  const known = error instanceof OffairError ? error : undefined;
  const { status, title } = (known && PROBLEMS[known.code]) ?? { status: 500, title: "Internal error" };
  const problem = {
    type: "about:blank",
    title,
    status,
    detail: known && status < 500 ? known.message : serverError,
    ...(known && status < 500 && { code: known.code, check: known.details.check, errors: known.details.issues }),
    traceId,
  };
  return {
    statusCode: status,
    headers: {
      ...{ "content-type": "application/problem+json", [TRACE_HEADER]: traceId },
      ...(status === 405 ? { allow } : HEADERS[status]),
    },
    body: JSON.stringify(problem),
  };
}
