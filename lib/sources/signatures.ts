/** Checks shared by the signatures of several sources: refusals, constant-time comparison, secrets, age and expiry. */
import { timingSafeEqual } from "node:crypto";
import { OffairError } from "../core/errors.ts";
import { SECOND_MS } from "../core/time.ts";
import type { SourceRequest } from "./source.ts";

/** Five minutes in both directions, as in the Standard Webhooks libraries. */
export const TOLERANCE_S = 300;

/** How far ahead an expiry may lie. Senders use about ten minutes; a distant expiry would make a message valid for good. */
const MAX_AHEAD_S = 24 * 60 * 60;

/** Creates the error of a failed check. @param check - a header's name or a pointer into the body, never a value. */
export const refuse = (check: string, message: string): OffairError =>
  new OffairError("ERR_REPORT_SIGNATURE", message, { check });

/** @throws OffairError `ERR_REPORT_SIGNATURE` if the header is missing or empty. */
export function headerOf({ headers }: Pick<SourceRequest, "headers">, name: string): string {
  const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
  if (value === undefined || value === "") throw refuse(name, `the header ${name} is missing`);
  return value;
}

/** Compares in constant time if the lengths are equal. Compares texts, because base64 and hex have several spellings of the same bytes. */
export function isEqual(a: string, b: string): boolean {
  const [x, y] = [Buffer.from(a), Buffer.from(b)];
  return x.length === y.length && timingSafeEqual(x, y);
}

/** Compares hexadecimal digits, ignoring their case. */
export const isEqualHex = (a: string, b: string): boolean => isEqual(a.toLowerCase(), b.toLowerCase());

/** Whether one of the secrets fits. Tries all of them, for constant time. */
export function fitsAny(secrets: readonly string[], fits: (secret: string) => boolean): boolean {
  let fitting = false;
  for (const secret of secrets) fitting = fits(secret) || fitting;
  return fitting;
}

/**
 * Checks the length of every stored secret, even if an earlier one fits, so that a mistake is found before it matters.
 *
 * @param max - characters
 * @throws OffairError `ERR_SECRET`
 */
export function checkSecrets(secrets: readonly string[], min: number, max = 4_096): void {
  if (secrets.every(({ length }) => length >= min && length <= max)) return;
  throw new OffairError("ERR_SECRET", `a secret of this source is not ${min} to ${max} characters long`);
}

/**
 * Parses Unix seconds: a number or its digits, without leading zeros. If a signature joins a name and a time without a separator, zeros
 * at the end of the name could otherwise be moved into the time.
 *
 * @throws OffairError `ERR_REPORT_SIGNATURE`
 */
export function secondsOf(check: string, value: unknown): number {
  const text = typeof value === "number" ? String(value) : value;
  if (typeof text === "string" && /^(0|[1-9]\d{0,11})$/.test(text)) return Number(text);
  throw refuse(check, `${check} is ${value === undefined ? "missing" : "not in whole seconds"}`);
}

/** Checks that the sending time is within the tolerance. @throws OffairError `ERR_REPORT_SIGNATURE` */
export function checkAge(check: string, sentS: number, now: Date, toleranceS = TOLERANCE_S): void {
  const ageS = Math.floor(now.getTime() / SECOND_MS) - sentS;
  if (ageS > toleranceS) throw refuse(check, `${check} is too old: ${ageS} s > ${toleranceS} s`);
  if (-ageS > toleranceS) throw refuse(check, `${check} is in the future: ${-ageS} s > ${toleranceS} s`);
}

/**
 * Checks that the expiry time has not passed and is at most a day ahead.
 *
 * @param slackS - the allowed clock difference, in seconds.
 * @throws OffairError `ERR_REPORT_SIGNATURE`
 */
export function checkExpiry(check: string, endsS: number, now: Date, slackS = 0): void {
  const leftS = endsS - Math.floor(now.getTime() / SECOND_MS);
  if (-leftS > slackS) throw refuse(check, `${check} passed ${-leftS} s ago`);
  if (leftS > MAX_AHEAD_S) throw refuse(check, `${check} is too far ahead: ${leftS} s > ${MAX_AHEAD_S} s`);
}

/** Whether a time that a sender states is further ahead than clocks differ, by at least a whole second. @param time - RFC 3339. */
export const isInFuture = (time: string, now: Date): boolean =>
  Date.parse(time) - now.getTime() >= (TOLERANCE_S + 1) * SECOND_MS;

/** The message about a time that is in the future. */
export const futureMessage = (time: string, now: Date): string =>
  `is in the future: ${Math.floor((Date.parse(time) - now.getTime()) / SECOND_MS)} s > ${TOLERANCE_S} s`;
