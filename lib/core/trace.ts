/**
 * The trace id of the current task. It is in every log line, in every message that the task sends, and in the reports and orders that it
 * records. It is not an argument, because it is for diagnosis only: no behaviour may depend on it.
 */
import { AsyncLocalStorage } from "node:async_hooks";

/** The response header with the trace id. A header, because the bodies that vendors expect have no place for it. */
export const TRACE_HEADER = "x-offair-trace";

const current = new AsyncLocalStorage<string>();

/** Runs a task, and everything that it awaits, under a trace id. Without an id the task keeps that of its caller. */
export const withTrace = <T>(traceId: string | undefined, task: () => T): T =>
  traceId === undefined ? task() : current.run(traceId, task);

/** `{ traceId }`, or nothing outside of a trace. */
export function traced(): { traceId?: string } {
  const traceId = current.getStore();
  return traceId === undefined ? {} : { traceId };
}
