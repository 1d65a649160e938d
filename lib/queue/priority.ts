/** `live` carries urgent reports, streams that come back, and operators' orders for a few streams; `bulk` everything else, also repairs, so that a job of thousands delays no live harm. */

export type Priority = "urgent" | "bulk";

/** Of a few streams, a person waits for each. */
export const MAX_URGENT_STREAMS = 10;

/** On which a batch travels, from the message that begins it on: a few streams wait behind no thousands. */
export const priorityOf = (count: number): Priority => (count <= MAX_URGENT_STREAMS ? "urgent" : "bulk");
