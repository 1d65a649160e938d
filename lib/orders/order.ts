/** An order: one action on one stream that an operator or a rule asked for. Orders of a stream are numbered; Live must match the newest. */
import type { Stream } from "../core/stream.ts";

export type Action = "pause" | "disable" | "enable";

/**
 * How an order ended. `accepted`: Live accepted a pause, and nothing is known of its effect yet. `verified`: a disable or an enable is
 * shown by Live's list; the push that a pause was to cut is over. `unverified`: Live accepted the order, but its list did not show the
 * effect in time, or the statistics show that the push went on. `unknown`: a call got no answer. `superseded`: a newer order exists, so
 * nothing was sent. `refused`: by offair, before any call. `failed`: Live rejected the order.
 */
export const OUTCOMES = [
  ...(["accepted", "verified", "unverified", "unknown"] as const),
  ...(["refused", "held", "failed", "superseded"] as const),
] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** On whose authority an order acts. `cause` makes placing an order idempotent: one cause, one order. */
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
      /** The second person who approved this order. */
      readonly approvedBy?: string;
      /** Used the break-glass right instead of the second person that was required. */
      readonly breakGlass?: true;
      /** Order id of the batch that it undoes. */
      readonly undoes?: string;
      /** Number of the stream's order that it reverses, because an appeal was granted: the one that `approves` names. */
      readonly reverses?: number;
      readonly republish?: Republish;
      readonly repairs?: Repairs;
    };

/** Set on an order that acts again because the stream is on the air again or still, with the authority of the order that took it off. */
export interface Republish {
  /** Number of the order that first took the stream off the air. */
  readonly after: number;
  /** How many re-publishes there were, this one included; one that may be the push which was cut does not count. */
  readonly times: number;
  /** When the push began that this order answers, by Live's clock. Unsigned. */
  readonly startedAt?: string;
  /** The statistics show that a pause did not end the push: it is no re-publish. */
  readonly wentOn?: true;
}

/** What is known of the push that ran when a pause was sent. Its times come from an unsigned part of Live's callbacks. */
export interface CutPush {
  /** By Live's clock; unique among the pushes of one stream. */
  readonly startedAt: string;
  /** Live reported its end after the pause was sent. */
  readonly isOver?: true;
}

/** How the outcome of a pause became known. */
export interface PauseProof {
  /** `callback`: Live reported the end of the push. `statistics`: Live's record of the push, read with a signed call. */
  readonly by: "callback" | "statistics";
  /** When offair received it. */
  readonly at: string;
}

/** Set on an order that repairs a disable which is missing at Live or expires soon, with the authority of that disable. */
export interface Repairs {
  /** Number of the order that is repaired. */
  readonly of: number;
  readonly why: "missing" | "expiring";
  /** Cause and time of the original order, also after several repairs, so that its report can be found. */
  readonly cause: string;
  readonly placedAt: string;
}

export interface Attempt {
  readonly at: string;
  /**
   * `sent`: Live confirmed the call; as long as the order has no outcome, its effect is still to be read. `unknown`: no answer, or the worker
   * died. `not-done`: Live rejected the call.
   */
  readonly result: "sent" | "unknown" | "not-done";
  readonly requestId?: string;
  readonly error?: string;
  /** The times, by Live's clock, between which Live carried the call out; absent without a response that has Live's time. */
  readonly doneBetween?: readonly [from: string, to: string];
  /** What happened, with HTTP status and Live's own text; only if it differs from the attempt before. */
  readonly message?: string;
}

/** What an order without an outcome waits for: its delivery failed, and it is delivered again. */
export interface Waiting {
  /** Live's code, or offair's. */
  readonly error: string;
  /** What happened, with HTTP status and Live's own text. */
  readonly message: string;
  /** When it failed for the first time with this code. */
  readonly since: string;
}

export interface OrderDraft {
  readonly stream: Stream;
  readonly action: Action;
  /** For a disable only: UTC, whole seconds. Set once, so that every attempt asks for the same time. */
  readonly resumeTime?: string;
  readonly reason: string;
  readonly placedAt: string;
  /** Of the cause: a report, a callback about a push, an operator's request, or an audit. */
  readonly traceId?: string;
  readonly authority: Authority;
}

export interface Order extends OrderDraft {
  /** 1, 2, 3 … within its stream. */
  readonly number: number;
  readonly attempts: readonly Attempt[];
  /** Set while a call may be in progress: written before the call, removed with its result. */
  readonly sendingSince?: string;
  /** Removed with the outcome. */
  readonly waiting?: Waiting;
  readonly outcome?: Outcome;
  readonly error?: string;
  readonly message?: string;
  readonly requestId?: string;
  readonly endedAt?: string;
  /** For a pause only. */
  readonly push?: CutPush;
  readonly proof?: PauseProof;
  /** When the statistics were read for this pause: at most once. */
  readonly statisticsReadAt?: string;
}

/** The report (`source#id`) that an order was placed for, by a rule or by an approval; of a repair, that of the repaired order. */
export const reportOf = ({ authority }: Pick<Order, "authority">): string | undefined =>
  authority.kind === "rule" ? (authority.repairs ?? authority).cause : authority.approves;

/** The reason of an order, without the prefix that it has if it answers a re-publish, or is a repair, itself. */
export const originalReason = (
  { reason, authority }: Pick<Order, "reason" | "authority">,
  prefixOf: "republish" | "repairs",
): string => (authority[prefixOf] ? reason.slice(reason.indexOf(": ") + 2) : reason);

/** The authority of an earlier order, for an order that acts again because of a re-publish or a repair. */
export const inheritAuthority = (
  { republish: _republish, repairs: _repairs, ...authority }: Authority,
  own: Pick<Authority, "cause"> & ({ readonly republish: Republish } | { readonly repairs: Repairs }),
  policy: string,
): Authority => (authority.kind === "rule" ? { ...authority, ...own, policy } : { ...authority, ...own });

/** The part of an order that a decision reads, stored with its facts so that the decision can be replayed. */
export type PastOrder = Pick<Order, "number" | "action" | "placedAt"> &
  Partial<Pick<Order, "outcome" | "resumeTime" | "endedAt">> & {
    readonly authority: Pick<Authority, "kind" | "republish"> & { readonly overridesRulesUntil?: string };
  };

export interface OrderEnd {
  readonly outcome: Outcome;
  readonly endedAt: string;
  readonly error?: string;
  /** What happened, with HTTP status and Live's own text. */
  readonly message?: string;
  readonly requestId?: string;
}
