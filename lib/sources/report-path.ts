/** The path at which the sender of a report can ask for its status: `/reports/{source}/{id}`, percent-encoded. */
import { CANARY_SOURCE } from "../core/canary.ts";
import { orUndefined } from "../core/parse-json.ts";
import type { SourceEntry } from "../policy/policy.ts";

/** Whether the sender of this source can ask for the status of its reports. The canary reads the worker's notes instead. */
export const hasStatus = (source: string, { adapter }: Pick<SourceEntry, "adapter">): boolean =>
  adapter === "standard" && source !== CANARY_SOURCE;

/**
 * HTTP APIs decode a path once, and then split it at `/` and cut it at `?`; HTTP clients resolve the segments `.` and `..`, also
 * percent-encoded ones (WHATWG URL). An id with such a character is therefore encoded twice.
 */
const NEEDS_SECOND_ENCODING = /[/?]|^\.{1,2}$/;

/** @param id - 1 to 256 visible ASCII characters. */
export function reportPath(source: string, id: string): string {
  const once = encodeURIComponent(id);
  const encoded = NEEDS_SECOND_ENCODING.test(id) ? encodeURIComponent(once.replaceAll(".", "%2E")) : once;
  return `/reports/${source}/${encoded}`;
}

/** Whether the end of the path names this id. @param given - decoded once by the gateway; it may be encoded once more. */
export function namesReport(given: string, id: string): boolean {
  return given === id || orUndefined(() => decodeURIComponent(given)) === id; // undefined: a % without two digits
}
