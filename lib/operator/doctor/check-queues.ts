/** Judges the queues, the dead letters and the hourly audit. Pure; the time is an argument. */
import { HOUR_MS } from "../../core/time.ts";
import type { Priority } from "../../queue/priority.ts";
import { agoOf, failed, type Judged, ok, warning } from "./check-result.ts";

/** Approximate numbers of messages, as SQS counts them. */
export interface QueueDepth {
  readonly waiting: number;
  /** Received by a consumer, and not deleted yet. */
  readonly inFlight: number;
  /** Delivered later. */
  readonly delayed: number;
}

/** Half a minute of work at the configured share of Live's smallest quota. More is too long a wait in the urgent queue. */
const URGENT_QUEUE_JAM = 100;

export function judgeQueue(queue: Priority, { waiting, inFlight, delayed }: QueueDepth): Judged {
  if (waiting + inFlight + delayed === 0) return ok("Empty.");
  const says = `${waiting} waiting, ${inFlight} in progress, ${delayed} delayed.`;
  if (waiting > 0 && inFlight === 0) {
    return warning(
      says,
      "Check again in a minute, because these counts lag. If still none is in progress, the worker receives no messages: see its log and the alarms urgent-queue-old and worker-errors.",
    );
  }
  if (queue === "urgent" && waiting > URGENT_QUEUE_JAM) {
    return warning(
      says,
      "The worker cannot keep up: `message.returned` in its log has the error. Handle urgent cases by hand first.",
    );
  }
  return ok(says);
}

export function judgeDeadLetters(of: Priority | "audit", { waiting, inFlight, delayed }: QueueDepth): Judged {
  const count = waiting + inFlight + delayed;
  if (count === 0) return ok("None.");
  const says = `${count} dead ${count === 1 ? "letter" : "letters"}.`;
  if (of === "audit") {
    return failed(
      says,
      "Find the cause in the audit's log (its last line with the level ERROR), then delete the messages: an hour that has passed cannot be audited later.",
    );
  }
  return failed(
    says,
    `Show the reasons with \`offair redrive --queue ${of} --dry-run\`, handle urgent cases by hand, repair the cause, then run \`offair redrive --queue ${of} --reason …\`.`,
  );
}

/** The newest entry of the chain. */
export interface ChainHead {
  readonly number: number;
  /** RFC 3339. */
  readonly writtenAt: string;
}

/** Two hourly audits. The alarm audit-missing uses the same time. */
const HEAD_IS_OLD_MS = 2 * HOUR_MS;

export function judgeHead(head: ChainHead | undefined, now: Date): Judged {
  const remedy =
    "Check that the schedule is enabled, the errors in the audit's log (lines with the level ERROR), that the bucket accepts objects and that the secret …/audit-key contains a key; then invoke the audit by hand.";
  if (!head)
    return failed(
      "No audit has finished yet, so there is no evidence.",
      `${remedy} After a first deployment, wait for the full hour.`,
    );
  const says = `Entry ${head.number} was stored ${agoOf(new Date(head.writtenAt), now)}`;
  if (now.getTime() - Date.parse(head.writtenAt) > HEAD_IS_OLD_MS)
    return failed(`${says}, and no entry since.`, remedy);
  return ok(`${says}: the schedule, the bucket and the audit's key work.`);
}
