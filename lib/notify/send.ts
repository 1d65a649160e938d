/** How one event is handed to a subscriber, and what came of it. */
import type { LoggedEvent } from "../events/event.ts";

/**
 * `delivered`: the subscriber has it. `gone`: the subscriber wants no more events (410). `failed`: it is tried again; `reached` says whether the
 * subscriber answered at all, so that a subscriber that refuses one event is told from one that is down.
 */
export type SendResult =
  | { readonly result: "delivered"; readonly tookMs: number }
  | { readonly result: "gone"; readonly problem: string }
  | {
      readonly result: "failed";
      readonly problem: string;
      readonly reached: boolean;
      /** How long the subscriber asked to wait (`Retry-After`). */
      readonly retryAfterMs?: number;
    };

export interface SendOptions {
  /** 1 for the first attempt. */
  readonly attempt: number;
  /** The longest that it may take, in milliseconds. */
  readonly timeoutMs: number;
}

/** Never rejects. */
export type SendEvent = (subscriber: string, event: LoggedEvent, options: SendOptions) => Promise<SendResult>;
