/**
 * Asynchronous invocations of one function: Lambda stores the event, answers at once, and retries a failed invocation. After the last attempt, or
 * when the event is too old, the event goes to the function's destination for failures, or is lost.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
import { failureRecord, type GivenUp } from "./failure-record.ts";
import type { LambdaFunction } from "./function.ts";
import { FunctionError } from "./function-error.ts";
import { isThrottled, requestTooLarge } from "./invocation-refused.ts";
import { lambdaMetric, type OnMetric } from "./service-metric.ts";

/** 1 MB since October 2025: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const PAYLOAD_LIMIT_BYTES = 1_024 * 1_024;

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
/** One minute before the second attempt, two before the third. */
const errorWaitMs = (errors: number): number => errors * MINUTE_MS;
/** After a refusal: doubles from 1 s on, up to 5 minutes. */
const throttleWaitMs = (refusals: number): number => Math.min(5 * MINUTE_MS, SECOND_MS * 2 ** (refusals - 1));

/** Settings of `AWS::Lambda::EventInvokeConfig`. */
export interface AsyncSettings {
  /** 60 to 21,600. */
  readonly maximumEventAgeSeconds: number;
  /** 0 to 2. Counts errors of the function; refused invocations are repeated until the event is too old. */
  readonly maximumRetryAttempts: number;
}

export interface AsyncQueueOptions extends AsyncSettings {
  readonly fn: Pick<LambdaFunction, "settings" | "invoke">;
  /** Stores the record of a failed event. Absent: it is lost. */
  readonly onFailure?: ((record: object) => Promise<void>) | undefined;
  readonly onMetric: OnMetric;
  readonly now: () => number;
  /** May wait for less time than given; the event's age counts the whole wait. Rejects when the stack closes. */
  readonly wait: (ms: number) => Promise<void>;
}

export interface Accepted {
  /** Resolves with the function's response; rejects with the last error after all attempts. */
  readonly ended: Promise<unknown>;
}

export interface AsyncQueue {
  /** Stores an event, and starts its first attempt. @throws InvocationRefused if the payload is too large. */
  accept(event: unknown, requestId: string): Accepted;
}

export function createAsyncQueue(options: AsyncQueueOptions): AsyncQueue {
  const { fn, onFailure, onMetric, now, wait, maximumEventAgeSeconds, maximumRetryAttempts } = options;
  const count = (name: string, value: number) => onMetric(lambdaMetric(fn.settings.name, name, value));

  async function giveUp(event: unknown, how: GivenUp): Promise<never> {
    if (onFailure) {
      const record = failureRecord(fn.settings.arn, event, how, new Date(now()));
      await onFailure(record).catch(() => count("DestinationDeliveryFailures", 1));
    }
    count("AsyncEventsDropped", 1); // also if the destination has it
    throw how.error;
  }

  async function deliver(event: unknown, requestId: string): Promise<unknown> {
    const acceptedMs = now();
    let savedMs = 0; // by which the waits were shorter than Lambda's
    const age = () => now() - acceptedMs + savedMs;
    let errors = 0;
    let refusals = 0;
    for (;;) {
      count("AsyncEventAge", age());
      const attempt = await fn.invoke(event, requestId).then(
        (response) => ({ response }),
        (error: unknown) => ({ error }),
      );
      if ("response" in attempt) return attempt.response;
      const { error } = attempt;
      if (isThrottled(error)) refusals += 1;
      else errors += 1;
      const givenUp = { error, requestId, invokeCount: errors };
      if (!isThrottled(error) && (errors > maximumRetryAttempts || !(error instanceof FunctionError))) {
        return giveUp(event, { ...givenUp, condition: "RetriesExhausted" });
      }
      const waitMs = isThrottled(error) ? throttleWaitMs(refusals) : errorWaitMs(errors);
      const beforeMs = now();
      await wait(waitMs);
      savedMs += waitMs - (now() - beforeMs);
      if (age() > maximumEventAgeSeconds * SECOND_MS) {
        return giveUp(event, { ...givenUp, condition: "EventAgeExceeded" });
      }
    }
  }

  return {
    accept(event, requestId) {
      const bytes = Buffer.byteLength(JSON.stringify(event) ?? "null");
      if (bytes > PAYLOAD_LIMIT_BYTES) throw requestTooLarge(bytes, PAYLOAD_LIMIT_BYTES);
      count("AsyncEventsReceived", 1);
      const ended = deliver(event, requestId);
      ended.catch(() => {}); // the caller of an asynchronous invocation does not wait for its result
      return { ended };
    },
  };
}
