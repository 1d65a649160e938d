/** An event: something that happened to a stream, a report, a case, a plan or offair itself, as subscribers receive it. */
import type { EventType } from "./types/event-types.ts";

/** An event as it follows from the ledger: the same item gives the same events, with the same ids, however often it is asked. */
export interface OffairEvent {
  /** Follows from the cause, so that a receiver recognizes a repetition: 1 to 256 characters of `A-Z a-z 0-9 . _ -`. */
  readonly id: string;
  readonly type: EventType;
  /** When it happened (RFC 3339, UTC): not when it was delivered. */
  readonly time: string;
  /** Events with the same key are delivered in order: `stream.{sha256}`, or `type.{event type}` for an event without a stream. */
  readonly orderingKey: string;
  /** `domain/app/stream`, if it is about a stream. */
  readonly subject?: string;
  /** As the event's schema in catalogue.ts says. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** An event in the log of its ordering key. */
export interface LoggedEvent extends OffairEvent {
  /** 1, 2, 3 … within its ordering key: the order of the deliveries. */
  readonly number: number;
  /** When it was added to the log. */
  readonly loggedAt: string;
}
