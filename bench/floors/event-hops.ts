/** The event of the floor: what its worker tells its `notify`, and what a receiver gets. */
import { subscriberSecretOf } from "../../local/demo/subscriber.ts";

/** Name of the receiver of the bench. */
export const RECEIVER = "receiver";
export const RECEIVER_SECRET: string = subscriberSecretOf(RECEIVER);

/** The ledger operations of the floor's `notify`: none, or those of an outbox. */
export type EventHops = "bare" | "outbox";

export interface FloorEvent {
  readonly hops: EventHops;
  readonly stream: string;
  /** As large as one of offair. */
  readonly event: { readonly id: string; readonly type: string; readonly time: string; readonly text: string };
}

/** @param time - of the outcome, before it is written, as in offair. */
export function floorEvent(hops: EventHops, stream: { readonly stream: string }, time: string): FloorEvent {
  const [id, type] = [`order-${stream.stream}`, "stream.disabled"];
  const data = { stream, outcome: "verified", endedAt: time, filler: "x".repeat(700) };
  const text = JSON.stringify({ specversion: "1.0", id, source: "/offair/local", type, time, data });
  return { hops, stream: stream.stream, event: { id, type, time, text } };
}
