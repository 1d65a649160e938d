/**
 * Logs one request to Live, and counts it if it changes something: audits read every hour, and each hour of a metric costs. A call that is
 * repeated after a 401 is two requests.
 */
import { logInfo } from "../../core/log.ts";
import { emitMetrics } from "../../core/metrics.ts";
import type { CallLabel, Failure, LiveResponse } from "./parse-response.ts";

export function reportCall(
  { method, path, stream }: CallLabel,
  answer: LiveResponse | Failure,
  { tookMs, throttled }: { readonly tookMs: number; readonly throttled: boolean },
): void {
  const { status, requestId } = "error" in answer ? answer.error.details : answer;
  const error = "error" in answer ? answer.error.code : undefined;
  logInfo("live.called", { method, path, stream, status, requestId, error, tookMs });
  emitMetrics({ ...(method !== "GET" && { LiveCalls: 1 }), LiveCallsThrottled: Number(throttled) });
}
