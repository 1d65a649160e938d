/** Control of a stand-in by a test, beside the service's own API: counts requests, and makes the next ones fail. */
import { AwsError } from "./aws-error.ts";

export interface Fault {
  /** HTTP status, for instance 503. */
  readonly status: number;
  /** The service's error code, for instance `SlowDown`; the SDK uses it as the name of its error. */
  readonly code: string;
  readonly message?: string;
  /** Carry the call out, then answer the error: the client cannot know that it succeeded. Default false. */
  readonly afterEffect?: boolean;
}

export interface Traffic<Call extends { readonly operation: string }> {
  /**
   * Answers the next `times` matching requests with the fault. Faults apply in the order in which they were added.
   * Counts requests, not calls: the SDK may send three requests for one call, because it retries.
   *
   * @param matches - an operation's name, or a predicate for one request.
   * @param times - default 1; `Infinity` lasts until `heal`.
   */
  fail(matches: Call["operation"] | ((call: Call) => boolean), fault: Fault, times?: number): void;
  /** Removes all remaining faults. */
  heal(): void;
  /** Number of requests received by operation, including refused and failed ones. */
  requests(): Readonly<Record<string, number>>;
}

export interface TrafficControl<Call extends { readonly operation: string }> extends Traffic<Call> {
  count(operation: string): void;
  /**
   * Carries a call out, unless a fault matches it.
   *
   * @throws AwsError for a matching fault, which this uses up, and any error of `execute`.
   */
  meet<Result>(call: Call, execute: () => Result): Result;
}

export function createTraffic<Call extends { readonly operation: string }>(): TrafficControl<Call> {
  const counts = new Map<string, number>();
  let pending: { matches: (call: Call) => boolean; fault: Fault; left: number }[] = [];

  return {
    fail(matches, fault, times = 1) {
      const asked = typeof matches === "string" ? (call: Call) => call.operation === matches : matches;
      pending.push({ matches: asked, fault, left: times });
    },
    heal() {
      pending = [];
    },
    requests: () => Object.fromEntries(counts),
    count(operation) {
      counts.set(operation, (counts.get(operation) ?? 0) + 1);
    },
    meet(call, execute) {
      const met = pending.find(({ matches }) => matches(call));
      if (!met) return execute();
      met.left -= 1;
      pending = pending.filter(({ left }) => left > 0);
      const { status, code, message = "A fault set by the test.", afterEffect = false } = met.fault;
      if (afterEffect) execute();
      throw new AwsError(status, code, message);
    },
  };
}
