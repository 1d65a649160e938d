/** Parses an HTTP response into a `LiveResponse`, or into an error without secrets. */
import * as z from "zod";
import { type ErrorCode, OffairError } from "../../core/errors.ts";
import type { Answered, Lost } from "../../core/http-exchange.ts";
import { parseHttpDate } from "../../core/instant.ts";
import { parseJson } from "../../core/parse-json.ts";
import type { Stream } from "../../core/stream.ts";
import { SECOND_MS } from "../../core/time.ts";
import type { LiveMethod } from "../admission/rate-slices.ts";
import { type CallOutcome, classify } from "./error-codes.ts";
import { redact } from "./redact.ts";

/** A success: a status of 200 to 299 without an error in its body. */
export interface LiveResponse {
  readonly status: number;
  /** Parsed JSON; undefined if there was no body. */
  readonly body: unknown;
  readonly requestId?: string | undefined;
  /** Live's clock. */
  readonly date?: Date | undefined;
  /** From sending the request to its response, in milliseconds. */
  readonly tookMs?: number | undefined;
}

/** When Live carried the call out, by its clock. The `Date` header is written during the call, and has whole seconds. */
export function doneBetween({ date, tookMs = 0 }: Pick<LiveResponse, "date" | "tookMs">): [string, string] | undefined {
  return (
    date && [new Date(date.getTime() - tookMs).toISOString(), new Date(date.getTime() + SECOND_MS - 1).toISOString()]
  );
}

export interface Failure {
  readonly error: OffairError;
  /** Set if a retry with other credentials, or with a corrected time, may succeed. */
  readonly credentials?: CallOutcome["credentials"];
}

/** The parts of a call that an error may name. */
export interface CallLabel {
  readonly method: LiveMethod;
  readonly path: string;
  readonly stream?: Stream | undefined;
}

/**
 * Reads a response. A success has a status of 200 to 299 and is empty, or JSON that names no error.
 *
 * @param secrets - texts that no error may quote.
 */
export function readAnswer(
  call: CallLabel,
  result: Answered | Lost,
  secrets: readonly string[],
): LiveResponse | Failure {
  if (result.kind === "lost") return { error: lostError(call, result, secrets) };
  const { status, headers } = result;
  const body = parseJson(result.body);
  const named = readError(body);
  if (status >= 300 || named.isError) return refusal(call, result, named, secrets);

  const requestId = readRequestId(headers["x-request-id"], secrets);
  if (body !== undefined || result.body.length === 0)
    return { status, body, requestId, date: parseHttpDate(headers.date) };
  const { stream } = call;
  const message = `${label(call)}: ${status} without readable JSON`;
  return { error: new OffairError(unreadableCode(call), message, { stream, requestId, status }) };
}

/** A success that cannot be read: a write may have been carried out. */
const unreadableCode = ({ method }: CallLabel): ErrorCode =>
  method === "GET" ? "ERR_LIVE_ANSWER" : "ERR_LIVE_UNKNOWN";

const label = ({ method, path }: CallLabel): string => `${method} ${path}`;

const LOST_WORDS: Record<Lost["reason"], string> = {
  "not-connected": "no connection",
  "time-out": "no complete response in time",
  closed: "the connection was lost before a complete response",
  "too-large": "the response is too large",
};

function lostError(
  call: CallLabel,
  { reason, maybeSent, systemCode, head }: Lost,
  secrets: readonly string[],
): OffairError {
  const code: ErrorCode =
    call.method !== "GET" && maybeSent
      ? "ERR_LIVE_UNKNOWN"
      : reason === "too-large"
        ? "ERR_LIVE_ANSWER"
        : "ERR_LIVE_UNAVAILABLE";
  const message = `${label(call)}: ${LOST_WORDS[reason]}${systemCode === undefined ? "" : ` (${systemCode})`}`;
  return new OffairError(code, message, {
    stream: call.stream,
    requestId: readRequestId(head?.headers["x-request-id"], secrets),
    status: head?.status,
  });
}

const optionalText = z.string().optional().catch(undefined);

/** `{error_code, error_msg}` of Live, with `request_id` of the gateway; `{error: {code, message}}`, or these alone, of other services. */
const errorSchema = z.object({
  error_code: optionalText,
  error_msg: optionalText,
  error: z.unknown().optional(),
  request_id: optionalText,
});
const otherErrorSchema = z.object({ code: optionalText, message: optionalText });
const fieldsSchema = z.record(z.string(), z.unknown());

/** Fields of an error in the responses of other services: `errorCode`, `ErrorMessage`, `errors`, `fault`. */
const ERROR_FIELD = /^(error|fault)/i;
const isSaid = (value: unknown): boolean => (Array.isArray(value) ? value.length > 0 : Boolean(value));

/** Only what looks like a code, because anything else may be an echoed secret: `LIVE.100011001`, `APIGW.0301`, `PAP5.0028`. */
const CODE = /^[A-Za-z][A-Za-z0-9_-]{1,15}(?:\.[A-Za-z0-9_-]{1,16}){1,3}$/;

interface NamedError {
  /** Whether the body names an error, readable or not. */
  readonly isError: boolean;
  readonly code?: string | undefined;
  readonly text?: string | undefined;
  readonly requestId?: string | undefined;
}

function readError(body: unknown): NamedError {
  const { error_code, error_msg, error, request_id: requestId } = errorSchema.safeParse(body).data ?? {};
  const other = otherErrorSchema.safeParse(error ?? body).data ?? {};
  const [code, text] = [error_code ?? other.code, error_msg ?? other.message];
  const fields = Object.entries(fieldsSchema.safeParse(body).data ?? {});
  const isError = CODE.test(code ?? "") || fields.some(([name, value]) => ERROR_FIELD.test(name) && isSaid(value));
  return { isError, code, text, requestId };
}

function refusal(
  call: CallLabel,
  { status, headers }: Answered,
  { code: named = "", text = "", requestId: inBody }: NamedError,
  secrets: readonly string[],
): Failure {
  const code = CODE.test(named) && redact(named, secrets) === named ? named : undefined;
  const { errorCode, words, credentials } = classify({ method: call.method, status, code, text });
  const liveText = redact(text, secrets, { anyToken: !code?.startsWith("LIVE.") });
  const message = `${label(call)}: ${code ?? "no code"} (${status}): ${words}${liveText === undefined ? "" : `; Live: ${liveText}`}`;
  const requestId = readRequestId(headers["x-request-id"] ?? inBody, secrets);
  const details = { stream: call.stream, requestId, status, liveCode: code, liveText };
  if (status < 300 && code === undefined) return { error: new OffairError(unreadableCode(call), message, details) };
  return { error: new OffairError(errorCode, message, details), credentials };
}

/** The request id, which is logged and stored; undefined if it repeats a secret. */
function readRequestId(value: string | string[] | undefined, secrets: readonly string[]): string | undefined {
  if (typeof value !== "string" || secrets.some((secret) => value.includes(secret))) return undefined;
  return /^[\w.:-]{1,128}$/.test(value) ? value : undefined;
}
