/** Reads a call field by field. A field that is not as documented ends the call with Live's error. */
import { toSecondsUtc } from "../../lib/core/time.ts";
import { type HttpResponse, liveError } from "./answer.ts";
import type { CallName } from "./routes.ts";
import type { Settings } from "./settings.ts";

export interface LiveCall {
  readonly call: CallName;
  /** Decoded query parameters; repeated names are kept. */
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly contentType: string | undefined;
  readonly body: Buffer;
}

/** Ends a call early with an error answer of Live. */
export class Refusal extends Error {
  readonly answer: HttpResponse;
  constructor(answer: HttpResponse) {
    super("refused");
    this.answer = answer;
  }
}

export function invalid(field: string): never {
  throw new Refusal(liveError("LIVE.100011001", `Invalid request parameter: ${field}`));
}

/** Querying Disabled Streams, table 2: domain 1–255, app 1–128, stream 1–512 characters. */
const LIMITS: Readonly<Record<string, number>> = {
  ...{ domain: 255, app_name: 128, stream_name: 512 },
  ...{ publish_domain: 255, app: 128, stream: 512 },
};

export function name(field: string, value: unknown): string {
  if (typeof value !== "string" || !value.isWellFormed()) return invalid(field);
  const length = [...value].length;
  return length >= 1 && length <= (LIMITS[field] ?? 0) ? value : invalid(field);
}

export function jsonBody({ contentType, body }: LiveCall): Record<string, unknown> {
  if (!/^application\/json\s*(;|$)/i.test(contentType ?? "")) throw new Refusal(liveError("LIVE.100011012"));
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    parsed = undefined;
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    throw new Refusal(liveError("LIVE.100011001"));
  }
  return Object.fromEntries(Object.entries(parsed));
}

/** The parameters by name. A repeated one is refused, because it is undocumented which value Live would use. */
export function queryFields({ query }: LiveCall): Record<string, string> {
  const fields: Record<string, string> = Object.create(null);
  for (const [key, value] of query) {
    if (key in fields) invalid(key);
    fields[key] = value;
  }
  return fields;
}

export function integer(
  field: string,
  value: string | undefined,
  preset: number,
  min: number,
  max = Number.MAX_SAFE_INTEGER,
) {
  if (value === undefined) return preset;
  const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
  return number >= min && number <= max ? number : invalid(field);
}

/** `yyyy-mm-ddThh:mm:ssZ` in milliseconds; undefined for another format and for a date that does not exist. */
export function parseTime(value: unknown): number | undefined {
  if (typeof value !== "string" || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value)) return undefined;
  const ms = Date.parse(value);
  return !Number.isNaN(ms) && formatTime(ms) === value ? ms : undefined; // Date.parse accepts 30 February
}

export const formatTime = (ms: number): string => toSecondsUtc(new Date(ms));

/** An ingest domain of the account. */
export function knownDomain(domain: string, { settings }: { settings: Settings }): string {
  if (settings.ingestDomains.includes(domain)) return domain;
  throw new Refusal(liveError("LIVE.100011001", "The resource to access is not exists")); // Live has no separate code for it
}
