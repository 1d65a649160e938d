/** What a test may ask of a stand-in beyond the service's own API: how often was it called, and fail the next calls. */
import { AwsError } from "./aws-error.ts";

export interface Fault {
  /** HTTP status, for instance 503. */
  readonly status: number;
  /** The service's error code, for instance `SlowDown`; the SDK's error has it as its name. */
  readonly code: string;
  readonly message?: string;
  /** Carry the call out and answer the error all the same: the outcome that a client cannot know. Default false. */
  readonly afterEffect?: boolean;
}

export interface Traffic<Call extends { readonly operation: string }> {
  /**
   * The next `times` requests that match are answered with the fault; earlier faults go first.
   * It counts requests, not calls: the SDK sends three for a call that it may repeat.
   *
   * @param matches - an operation's name, or a question about one request.
   * @param times - 1 when absent; `Infinity` until `heal`.
   */
  fail(matches: Call["operation"] | ((call: Call) => boolean), fault: Fault, times?: number): void;
  /** Forgets every fault that is still to come. */
  heal(): void;
  /** Requests received by operation, refused and failed ones too. */
  requests(): Readonly<Record<string, number>>;
}

export interface TrafficControl<Call extends { readonly operation: string }> extends Traffic<Call> {
  count(operation: string): void;
  /**
   * Carries a call out, unless a fault is waiting for it.
   *
   * @throws AwsError the fault, which is thereby used up, and whatever `execute` throws.
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
      const { status, code, message = "A fault that was asked for.", afterEffect = false } = met.fault;
      if (afterEffect) execute();
      throw new AwsError(status, code, message);
    },
  };
}
