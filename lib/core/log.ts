/**
 * Structured logging: one JSON object per line, which Lambda's JSON log format makes of the object passed to `console`. Only named
 * fields are logged, so that a request, header or secret is never logged as part of a larger object.
 */
import { OffairError } from "./errors.ts";
import { traced } from "./trace.ts";

type Fields = Record<string, unknown>;

export const logInfo = (event: string, fields: Fields = {}): void => console.info({ event, ...traced(), ...fields });
export const logWarn = (event: string, fields: Fields = {}): void => console.warn({ event, ...traced(), ...fields });
export const logError = (event: string, fields: Fields = {}): void => console.error({ event, ...traced(), ...fields });

/** Returns the loggable fields of an error: code, message and details; of any other error or cause only the name. */
export function describeError(error: unknown): Fields {
  if (!(error instanceof OffairError)) return { error: error instanceof Error ? error.name : typeof error };
  const { cause, code, message, details } = error;
  return { error: code, message, ...details, ...(cause instanceof Error && { cause: cause.name }) };
}

/** Logs an OffairError, for a caller that goes on without what failed. @throws any other error: it is a mistake in the code. */
export function logOrThrow(event: string, error: unknown, fields: Fields = {}): void {
  if (!(error instanceof OffairError)) throw error;
  logError(event, { ...fields, ...describeError(error) });
}
