/** What is made of the queues, of what rests beside them, and of the hourly audit. Pure; the time is an argument. */
import { HOUR_MS } from "../../core/time.ts";
import type { Priority } from "../../queue/priority.ts";
import { agoOf, failed, type Judged, ok, warning } from "./check-result.ts";

/** Approximate, as SQS counts. */
export interface QueueDepth {
  readonly waiting: number;
  /** With whoever received them. */
  readonly inFlight: number;
  /** Not before a while. */
  readonly delayed: number;
}

/** Half a minute of work at our share of Live's least quota: more is a jam on the queue of what cannot wait. */
const URGENT_QUEUE_JAM = 100;

export function judgeQueue(queue: Priority, { waiting, inFlight, delayed }: QueueDepth): Judged {
  if (waiting + inFlight + delayed === 0) return ok("Nothing waits.");
  const says = `${waiting} wait, ${inFlight} are with the worker, ${delayed} come again later.`;
  if (waiting > 0 && inFlight === 0) {
    return warning(
      says,
      "Ask again in a minute, for these counts lag. If nothing is with the worker then, it takes nothing: see its log, and the alarms urgent-queue-old and worker-errors.",
    );
  }
  if (queue === "urgent" && waiting > URGENT_QUEUE_JAM) {
    return warning(
      says,
      "The worker cannot keep up: `message.returned` in its log names the error. Act by hand first.",
    );
  }
  return ok(says);
}

export function judgeDeadLetters(of: Priority | "audit", { waiting, inFlight, delayed }: QueueDepth): Judged {
  const count = waiting + inFlight + delayed;
  if (count === 0) return ok("None.");
  const says = `${count} rest here.`;
  if (of === "audit") {
    return failed(
      says,
      "Find the cause in the audit's log (`audit.failed`), then delete them: a slot that is over cannot be made up for.",
    );
  }
  return failed(
    says,
    `See why with \`offair redrive --queue ${of} --dry-run\`, act by hand on what cannot wait, mend the cause, then \`offair redrive --queue ${of} --reason …\`.`,
  );
}

/** The last link of the chain. */
export interface ChainHead {
  readonly number: number;
  /** RFC 3339. */
  readonly writtenAt: string;
}

/** An audit an hour, and as long again for one that is missed: the alarm audit-missing goes off at the same time. */
const HEAD_IS_OLD_MS = 2 * HOUR_MS;

export function judgeHead(head: ChainHead | undefined, now: Date): Judged {
  const remedy =
    "See that the schedule is enabled, what the audit's log says (`audit.failed`), that the bucket takes objects and that the secret …/audit-key holds a key; then invoke the audit by hand.";
  if (!head)
    return failed(
      "No audit has ended yet, so there is no evidence.",
      `${remedy} After a first deployment, wait for the full hour.`,
    );
  const says = `Link ${head.number} was stored ${agoOf(new Date(head.writtenAt), now)}`;
  if (now.getTime() - Date.parse(head.writtenAt) > HEAD_IS_OLD_MS) return failed(`${says}, and none since.`, remedy);
  return ok(`${says}: the schedule, the bucket and the audit's key work.`);
}
