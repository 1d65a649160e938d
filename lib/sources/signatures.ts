/** What the proofs of several sources share: a refusal that names its check, comparison in constant time, and how old a proof may be. */
import { timingSafeEqual } from "node:crypto";
import { OffairError } from "../core/errors.ts";
import { SECOND_MS } from "../core/time.ts";
import type { SourceRequest } from "./source.ts";

/** Five minutes either way, as the libraries of Standard Webhooks have it. */
export const TOLERANCE_S = 300;

/** How long before its end a message may be seen: senders set ten minutes or so, and a longer one would be a proof for good. */
const MAX_AHEAD_S = 24 * 60 * 60;

/** @param check - what did not hold: a header's name, or a pointer into the body. Never a value. */
export const refuse = (check: string, message: string): OffairError =>
  new OffairError("ERR_REPORT_SIGNATURE", message, { check });

/** @throws OffairError `ERR_REPORT_SIGNATURE` where it is missing or empty. */
export function headerOf({ headers }: Pick<SourceRequest, "headers">, name: string): string {
  const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
  if (value === undefined || value === "") throw refuse(name, `the header ${name} is missing`);
  return value;
}

/** Constant in time for texts of one length. As texts: base64 and hex have several spellings of the same bytes, and one was sent. */
export function isEqual(a: string, b: string): boolean {
  const [x, y] = [Buffer.from(a), Buffer.from(b)];
  return x.length === y.length && timingSafeEqual(x, y);
}

/** Hexadecimal digits in either case. */
export const isEqualHex = (a: string, b: string): boolean => isEqual(a.toLowerCase(), b.toLowerCase());

/** Does the proof fit one of the secrets? All are tried, however early one fits. */
export function fitsAny(secrets: readonly string[], fits: (secret: string) => boolean): boolean {
  let fitting = false;
  for (const secret of secrets) fitting = fits(secret) || fitting;
  return fitting;
}

/**
 * Of every stored secret, also where an earlier one fits: a slip is then seen before it matters.
 *
 * @param max - characters
 * @throws OffairError `ERR_SECRET`
 */
export function checkSecrets(secrets: readonly string[], min: number, max = 4_096): void {
  if (secrets.every(({ length }) => length >= min && length <= max)) return;
  throw new OffairError("ERR_SECRET", `a secret of this source is not ${min} to ${max} characters long`);
}

/**
 * Unix seconds: a number, or its digits and nothing else. Without zeros before them: where a signature runs names and time together, the
 * zeros of a name could be moved there.
 *
 * @throws OffairError `ERR_REPORT_SIGNATURE`
 */
export function secondsOf(check: string, value: unknown): number {
  const text = typeof value === "number" ? String(value) : value;
  if (typeof text === "string" && /^(0|[1-9]\d{0,11})$/.test(text)) return Number(text);
  throw refuse(check, `${check} is ${value === undefined ? "missing" : "not in whole seconds"}`);
}

/** When it was sent: not long ago, and not to come. @throws OffairError `ERR_REPORT_SIGNATURE` */
export function checkAge(check: string, sentS: number, now: Date, toleranceS = TOLERANCE_S): void {
  const ageS = Math.floor(now.getTime() / SECOND_MS) - sentS;
  if (ageS > toleranceS) throw refuse(check, `${check} is too old: ${ageS} s > ${toleranceS} s`);
  if (-ageS > toleranceS) throw refuse(check, `${check} is in the future: ${-ageS} s > ${toleranceS} s`);
}

/**
 * When it ends: not passed, and not further ahead than a day.
 *
 * @param slackS - by so much clocks may differ.
 * @throws OffairError `ERR_REPORT_SIGNATURE`
 */
export function checkExpiry(check: string, endsS: number, now: Date, slackS = 0): void {
  const leftS = endsS - Math.floor(now.getTime() / SECOND_MS);
  if (-leftS > slackS) throw refuse(check, `${check} passed ${-leftS} s ago`);
  if (leftS > MAX_AHEAD_S) throw refuse(check, `${check} is too far ahead: ${leftS} s > ${MAX_AHEAD_S} s`);
}
