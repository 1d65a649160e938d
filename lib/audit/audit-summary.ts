/** Reports an audit: the function's response, its log lines and its metrics. */

import { isAlarming } from "../archive/findings.ts";
import { definedOnly } from "../core/defined-only.ts";
import { logError, logInfo } from "../core/log.ts";
import type { MetricName } from "../core/metrics.ts";
import { HOUR_MS, SECOND_MS } from "../core/time.ts";
import type { AuditResult } from "./audit.ts";

export type AuditSummary = ReturnType<typeof summarise>;

/** `sha256` is that of the chain entry: the head for `offair verify --head`. */
export function summarise(result: AuditResult) {
  if (!result.written) return result;
  const { number, sha256, manifest } = result;
  const { slot, scheduled, snapshots, findings, reviews, page, lacks = [] } = manifest;
  const { sha256: _, bytes: __, ...found } = findings ?? { sha256: "", bytes: 0 };
  return {
    written: true as const,
    slot,
    scheduled,
    number,
    sha256,
    lacks,
    snapshots: snapshots.map(({ domain, object, count, complete, because, error, unreadable }) => {
      return definedOnly({ domain, object, count, complete, because, error, unreadable });
    }),
    ...("object" in found && { findings: found }),
    ...(reviews && { reviews }),
    ...(page && { page: page.object }),
  };
}

/** A log line has at most 256 KiB, and a name up to 900 characters. The findings object has all of them. */
const MAX_LOGGED = 50;

export function logAudit(result: AuditResult): void {
  if (!result.written) {
    logInfo("audit.deadline-passed", { slot: result.slot });
    return;
  }
  logInfo("audit.stored", { ...summarise(result) });
  const alarming = result.drift.filter(isAlarming);
  const { slot, findings } = result.manifest;
  if (alarming.length === 0) return;
  logError("audit.drift", {
    ...{ slot, number: result.number, object: findings?.object, ...findings?.drift, unasked: findings?.unasked },
    first: alarming.slice(0, MAX_LOGGED),
    more: Math.max(0, alarming.length - MAX_LOGGED),
  });
}

/** An age that says that an audit is missing: they run every hour. */
const LATE_MS = 1.5 * HOUR_MS;

/** Drift is emitted even if it is 0, so that an alarm ends with the next audit and not earlier. */
export function metricsOfAudit(result: AuditResult): Partial<Record<MetricName, number>> {
  if (!result.written) return {};
  const { snapshots, findings, lacks = [] } = result.manifest;
  const complete = snapshots.filter((snapshot) => snapshot.complete).length;
  const drift = findings?.drift;
  const { chainAgeMs = 0 } = result;
  return {
    SnapshotsComplete: complete,
    SnapshotsIncomplete: snapshots.length - complete,
    AuditPartsMissing: lacks.length,
    ChainHeadsAltered: Number(result.headAltered),
    ...(chainAgeMs > LATE_MS && { ChainAge: chainAgeMs / SECOND_MS }),
    ...(drift && {
      Drift: drift.missing + drift.unexpected + drift["wrong-resume-time"] + drift.outlived,
      DriftMissing: drift.missing,
      DriftUnexpected: drift.unexpected,
      DriftWrongResumeTime: drift["wrong-resume-time"],
      DriftOutlived: drift.outlived,
      DriftExpiring: drift.expiring,
    }),
  };
}
