/**
 * One JSON object a line: Lambda's JSON log format wraps what `console` is given. Only what a caller names is written, so that no
 * request, header or secret gets into a log by being part of something larger.
 */
import { OffairError } from "./errors.ts";

type Fields = Record<string, unknown>;

export const logInfo = (event: string, fields: Fields = {}): void => console.info({ event, ...fields });
export const logWarn = (event: string, fields: Fields = {}): void => console.warn({ event, ...fields });
export const logError = (event: string, fields: Fields = {}): void => console.error({ event, ...fields });

/** What may be said of an error: its code, our own sentence and where it happened; of a cause only its name. */
export function describeError(error: unknown): Fields {
  if (!(error instanceof OffairError)) return { error: error instanceof Error ? error.name : typeof error };
  const { cause, code, message, details } = error;
  return { error: code, message, ...details, ...(cause instanceof Error && { cause: cause.name }) };
}
