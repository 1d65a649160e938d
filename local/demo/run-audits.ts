/** Runs audits while the stack is up, more often than the hourly schedule, so that there is evidence to look at. */
import { setTimeout as wait } from "node:timers/promises";
import type { AuditSummary } from "../../lib/audit/audit-summary.ts";
import { MINUTE_MS } from "../../lib/core/time.ts";
import type { Stack } from "../stack/stack.ts";
import type { Activity } from "./activity.ts";

/** An audit excludes the ledger's last five minutes. With this interval, a reason is in the archive after at most seven minutes. */
const EVERY_MS = 2 * MINUTE_MS;

/** Runs one audit now and one every two minutes, until the signal. Prints the first, those with a new result, and failures. */
export async function runAudits(stack: Stack, signal: AbortSignal, tell: (activity: Activity) => void): Promise<void> {
  for (let before: string | undefined; !signal.aborted; ) {
    const line = await audit(stack).catch((error: unknown) => failed(String(error)));
    const found = [...line.parts.slice(1), line.outcome].join();
    if (!signal.aborted && found !== before) tell({ at: new Date().toISOString(), kind: "audit", ...line });
    before = found;
    await wait(EVERY_MS, undefined, { signal }).catch(() => {});
  }
}

/** Runs the scheduled audit of this hour. If that was written before, runs an audit of this moment. */
async function audit(stack: Stack): Promise<Pick<Activity, "parts" | "outcome" | "tone">> {
  let summary = (await stack.runSchedule()) as AuditSummary;
  if (!summary.written) summary = (await stack.invoke("audit", {})) as AuditSummary;
  return summary.written ? auditText(summary) : failed("nothing was written");
}

const failed = (why: string) => ({ parts: ["no entry", why], outcome: "failed", tone: "bad" }) as const;

export function auditText({ number, snapshots, findings, lacks }: Extract<AuditSummary, { written: true }>) {
  const disabled = snapshots.reduce((sum, { count }) => sum + count, 0);
  const drift = Object.entries(findings?.drift ?? {}).filter(([, count]) => count > 0);
  const isWhole = lacks.length === 0 && snapshots.every(({ complete }) => complete);
  return {
    parts: [
      `entry ${number} of the chain`,
      `${disabled} disabled`,
      drift.length === 0 ? "no drift" : `drift: ${drift.map(([kind, count]) => `${count} ${kind}`).join(", ")}`,
    ],
    outcome: isWhole ? "complete" : "incomplete",
    tone: isWhole ? "good" : "bad",
  } as const;
}
