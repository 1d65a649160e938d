/** One action on one stream that somebody or some rule asked for. Orders of a stream are numbered; the newest is what Live must equal. */
import type { Stream } from "../core/stream.ts";

export type Action = "pause" | "disable" | "enable";

/**
 * How an order ended. `accepted`: Live took a pause, which cannot be read back. `verified`, `unverified`: Live took it, and its list
 * shows it or did not (yet). `unknown`: nobody can say whether Live did it. `superseded`: a newer order of the stream exists, so
 * nothing was sent. `refused`: by us, before any call. `failed`: Live will not do it.
 */
export type Outcome = "accepted" | "verified" | "unverified" | "unknown" | "refused" | "held" | "failed" | "superseded";

/** On whose word. `cause` is what makes placing an order idempotent: one cause, one order. */
export type Authority =
  | {
      readonly kind: "rule";
      readonly cause: string;
      readonly source: string;
      readonly rule: string;
      readonly policy: string;
      readonly republish?: Republish;
      readonly repairs?: Repairs;
    }
  | {
      readonly kind: "operator";
      readonly cause: string;
      readonly orderId: string;
      readonly requestedBy: string;
      readonly overridesRulesUntil: string;
      /** `source#id` of the report that the operator approved. */
      readonly approves?: string;
      /** A second person who said yes to this order. */
      readonly approvedBy?: string;
      /** Done without the second person that it took. */
      readonly breakGlass?: true;
      /** Order id of the batch that it takes back. */
      readonly undoes?: string;
      readonly republish?: Republish;
      readonly repairs?: Repairs;
    };

/** The stream came back, so what an earlier order was for is done again: with the authority of that one. */
export interface Republish {
  /** Number of the order that took the stream off first. */
  readonly after: number;
  /** 1 for its first return. */
  readonly times: number;
}

/** An audit found that a disable is missing at Live or expires soon, so it is done again: with the authority of that one. */
export interface Repairs {
  /** Number of the order whose disable it is. */
  readonly of: number;
  readonly why: "missing" | "expiring";
  /** Of the order that was placed for more than a repair, however many repairs ago: who asks why finds its report by them. */
  readonly cause: string;
  readonly placedAt: string;
}

export interface Attempt {
  readonly at: string;
  /** `sent`: Live answered that it did it. `unknown`: no answer, or the worker died. `not-done`: Live answered that it did not. */
  readonly result: "sent" | "unknown" | "not-done";
  readonly requestId?: string;
  readonly error?: string;
}

export interface OrderDraft {
  readonly stream: Stream;
  readonly action: Action;
  /** Of a disable only: UTC, whole seconds. Decided once, so that every attempt asks for the same. */
  readonly resumeTime?: string;
  readonly reason: string;
  readonly placedAt: string;
  readonly authority: Authority;
}

export interface Order extends OrderDraft {
  /** 1, 2, 3 … within its stream. */
  readonly number: number;
  readonly attempts: readonly Attempt[];
  /** Set while a call may be under way: written before it, taken away with its result. */
  readonly sendingSince?: string;
  readonly outcome?: Outcome;
  readonly error?: string;
  readonly requestId?: string;
  readonly endedAt?: string;
}

/** The reason of the original order, which a re-publish or a repair quotes after its own. */
export const firstReason = ({ reason }: Pick<Order, "reason">): string => reason.slice(reason.indexOf(": ") + 2);

/** What a decision looks at of an order, and what is stored with it: enough to make the decision again. */
export type PastOrder = Pick<Order, "number" | "action" | "placedAt"> &
  Partial<Pick<Order, "outcome" | "resumeTime" | "endedAt">> & {
    readonly authority: Pick<Authority, "kind" | "republish"> & { readonly overridesRulesUntil?: string };
  };

export interface OrderEnd {
  readonly outcome: Outcome;
  readonly endedAt: string;
  readonly error?: string;
  readonly requestId?: string;
}
