/**
 * The trace id of what is being handled. It is in every log line, in every message that is sent meanwhile, and in the reports and orders
 * that are recorded. Carried beside the arguments, because it only describes: nothing may depend on it.
 */
import { AsyncLocalStorage } from "node:async_hooks";

/** The header of every answer that has the trace id, because the bodies that vendors expect have no place for it. */
export const TRACE_HEADER = "x-offair-trace";

const current = new AsyncLocalStorage<string>();

/** Runs a task, and everything that it awaits, under a trace id. Without one the task keeps the id of its caller. */
export const withTrace = <T>(traceId: string | undefined, task: () => T): T =>
  traceId === undefined ? task() : current.run(traceId, task);

/** `{ traceId }`, or nothing outside of a trace. */
export function traced(): { traceId?: string } {
  const traceId = current.getStore();
  return traceId === undefined ? {} : { traceId };
}
