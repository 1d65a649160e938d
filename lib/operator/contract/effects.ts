/** Which requests change something. Each of these needs an id, so that a repeated request is carried out once. */
import type { OperatorRequest } from "./client-request.ts";

const READING: ReadonlySet<OperatorRequest["action"]> = new Set([
  "list",
  "status",
  "explain",
  "doctor",
  "case",
  "plans",
  "sources",
  "statement-settings",
  "live",
  "events",
  "subscribers",
]);

/** False for requests that only read, which may be repeated without an id. */
export function hasEffect(request: OperatorRequest): boolean {
  if (READING.has(request.action)) return false;
  if ("dryRun" in request && request.dryRun !== false) return false;
  if (request.action === "review") return request.verdict !== undefined;
  if (request.action === "mode") return request.mode !== undefined || request.source !== undefined;
  return true;
}
