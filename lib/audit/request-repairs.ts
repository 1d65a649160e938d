/** Queues repairs of drift if the policy asks for them. The request itself authorizes nothing: the worker checks everything again. */

import { isOfRule } from "../archive/findings.ts";
import { logInfo, logOrThrow } from "../core/log.ts";
import { mapConcurrently } from "../core/map-concurrently.ts";
import { nameOf } from "../core/stream.ts";
import type { Policy } from "../policy/policy.ts";
import type { Message, Repair } from "../queue/message.ts";
import type { AuditResult } from "./audit.ts";

/** Repairs per audit. The next audit, an hour later, requests the rest. */
const MAX_REPAIRS = 500;
const CONCURRENCY = 20;

/** Pure. Missing streams come first, because they are on the air. A disable that a person ordered is not extended: its end was chosen. */
export function repairsOf(result: AuditResult, wanted: Policy["audit"]["repair"]): Repair[] {
  if (!result.written) return [];
  const of = (why: Repair["why"]): Repair[] =>
    !wanted[why]
      ? []
      : result.drift.flatMap((finding) => {
          if (finding.kind !== why || (why === "expiring" && !isOfRule(finding))) return [];
          return [{ stream: nameOf(finding), number: finding.number, why }];
        });
  return [...of("missing"), ...of("expiring")].slice(0, MAX_REPAIRS);
}

/** Does not reject if the queue is unavailable: the audit is complete, and the next one requests the repairs again. */
export async function requestRepairs(
  result: AuditResult,
  wanted: Policy["audit"]["repair"],
  enqueue: (queue: "bulk", message: Message) => Promise<void>,
): Promise<void> {
  const repairs = repairsOf(result, wanted);
  if (repairs.length === 0) return;
  let asked = 0;
  let failure: unknown;
  async function request(repair: Repair): Promise<void> {
    if (failure !== undefined) return;
    try {
      await enqueue("bulk", { kind: "repair", repair });
      asked += 1;
    } catch (error) {
      failure = error;
    }
  }
  await mapConcurrently(repairs, CONCURRENCY, request);
  if (failure !== undefined) logOrThrow("audit.repairs-not-queued", failure, { left: repairs.length - asked });
  logInfo("audit.repairs-queued", { asked });
}
