/** Parses an HTTP response into a `LiveResponse`, or into an error without secrets. */
import type { IncomingHttpHeaders } from "node:http";
import * as z from "zod";
import { type ErrorCode, OffairError } from "../../core/errors.ts";
import type { Answered, Lost } from "../../core/http-exchange.ts";
import { parseHttpDate } from "../../core/instant.ts";
import { parseJson } from "../../core/parse-json.ts";
import type { Stream } from "../../core/stream.ts";
import { SECOND_MS } from "../../core/time.ts";
import type { LiveMethod } from "../admission/live-method.ts";
import { type CallOutcome, classify } from "./error-codes.ts";

/** A success: a status of 200 to 299. */
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

/** Reads a response. @param secrets - texts that no error may quote. */
export function readAnswer(
  call: CallLabel,
  result: Answered | Lost,
  secrets: readonly string[],
): LiveResponse | Failure {
  if (result.kind === "lost") return { error: lostError(call, result, secrets) };
  const { status, headers } = result;
  if (status >= 300) return refusal(call, result, secrets);

  const body = parseJson(result.body);
  const requestId = readRequestId(headers["x-request-id"], secrets);
  if (body !== undefined || result.body.length === 0) return { status, body, requestId, date: readDate(headers) };
  const code: ErrorCode = call.method === "GET" ? "ERR_LIVE_ANSWER" : "ERR_LIVE_UNKNOWN";
  const { stream } = call;
  return {
    error: new OffairError(code, `${label(call)}: ${status} without readable JSON`, { stream, requestId, status }),
  };
}

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

/** `{error_code, error_msg}`, and `request_id` from the gateway. */
const refusalSchema = z.object({
  // only documented formats, because anything else may be an echoed secret
  error_code: z
    .string()
    .regex(/^[A-Za-z]{2,16}\.\d{1,12}$/)
    .optional()
    .catch(undefined),
  error_msg: z.string().optional().catch(undefined),
  request_id: z.string().optional().catch(undefined),
});

function refusal(call: CallLabel, { status, headers, body }: Answered, secrets: readonly string[]): Failure {
  const { error_code: code, error_msg: text, request_id } = refusalSchema.safeParse(parseJson(body)).data ?? {};
  const { errorCode, words, credentials } = classify({ method: call.method, status, code, text });
  const quote = code?.startsWith("LIVE.") && !credentials ? quotable(text, secrets) : undefined;
  const message = `${label(call)}: ${code ?? "no code"} (${status}): ${words}${quote === undefined ? "" : `; Live: ${quote}`}`;
  const requestId = readRequestId(headers["x-request-id"] ?? request_id, secrets);
  return {
    error: new OffairError(errorCode, message, { stream: call.stream, requestId, status, liveCode: code }),
    credentials,
  };
}

/** Live's message, shortened to one line; undefined if it repeats a secret. */
function quotable(text: string | undefined, secrets: readonly string[]): string | undefined {
  if (!text || secrets.some((secret) => text.includes(secret))) return undefined;
  return [...text.toWellFormed().replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "�")].slice(0, 200).join("");
}

/** The request id, which is logged and stored; undefined if it repeats a secret. */
function readRequestId(value: string | string[] | undefined, secrets: readonly string[]): string | undefined {
  if (typeof value !== "string" || secrets.some((secret) => value.includes(secret))) return undefined;
  return /^[\w.:-]{1,128}$/.test(value) ? value : undefined;
}

/** Live's clock, to the second. */
export const readDate = ({ date }: IncomingHttpHeaders): Date | undefined => parseHttpDate(date);
