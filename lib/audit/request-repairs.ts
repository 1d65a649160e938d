/** Asks the worker to repair drift, where the policy wants that. It is no authority: the worker looks at everything again. */

import { isOfRule } from "../archive/findings.ts";
import { OffairError } from "../core/errors.ts";
import { describeError, logError, logInfo } from "../core/log.ts";
import { mapConcurrently } from "../core/map-concurrently.ts";
import type { Policy } from "../policy/policy.ts";
import type { Message, Repair } from "../queue/message.ts";
import type { AuditResult } from "./audit.ts";

/** Of one audit; the next one, in an hour, asks for what is left. */
const MAX_REPAIRS = 500;
const CONCURRENCY = 20;

/** Pure. Missing streams first: they are on the air. A person said until when: nobody makes that longer for them. */
export function repairsOf(result: AuditResult, wanted: Policy["audit"]["repair"]): Repair[] {
  if (!result.written) return [];
  const of = (why: Repair["why"]): Repair[] =>
    !wanted[why]
      ? []
      : result.drift.flatMap((finding) => {
          if (finding.kind !== why || (why === "expiring" && !isOfRule(finding))) return [];
          const { domain, app, stream, number } = finding;
          return [{ stream: { domain, app, stream }, number, why }];
        });
  return [...of("missing"), ...of("expiring")].slice(0, MAX_REPAIRS);
}

/** Never rejects for a queue that takes nothing: the audit is done, and the next one asks again. */
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
  if (failure !== undefined) {
    if (!(failure instanceof OffairError)) throw failure;
    logError("audit.repairs-not-queued", { left: repairs.length - asked, ...describeError(failure) });
  }
  logInfo("audit.repairs-queued", { asked });
}
