/**
 * The two queues. `urgent` carries urgent reports, re-publishes, and operators' orders for a few streams; `bulk` carries everything else,
 * including repairs, so that a batch of thousands does not delay urgent harm.
 */
export type Priority = "urgent" | "bulk";

/** Up to this many streams an operator's order is urgent, because a person waits for each result. */
export const MAX_URGENT_STREAMS = 10;

/** The queue for all messages of a batch of `count` streams. */
export const priorityOf = (count: number): Priority => (count <= MAX_URGENT_STREAMS ? "urgent" : "bulk");
