/** `redrive`: sends dead letters back to their queue unchanged. A report that is too old by then is held for review. */
import { describeError, logInfo, logWarn } from "../../core/log.ts";
import { SECOND_MS } from "../../core/time.ts";
import { traced, withTrace } from "../../core/trace.ts";
import type { Priority } from "../../queue/priority.ts";
import { traceOfMessage } from "../../queue/trace-of-message.ts";
import type { EventOf } from "../contract/request.ts";
import { messageOf } from "../contract/response.ts";
import type { OperatorResponse } from "../contract/response-schema.ts";

/** Of the 29 s that the function has. The rest is left for the next request. */
const REDRIVE_MS = 20 * SECOND_MS;

/** As many as one response can name. */
const MAX_REDRIVEN = 1_000;

/** Characters. A message in the queue may contain a reason of any length. */
const MOST_OF_A_REASON = 300;

interface DeadLetter {
  readonly id: string;
  readonly reason: string;
  readonly body: string;
}

export interface RedriveDeps {
  /** Calls `onMessage` for each dead letter that was sent back, or was read in a dry run. @returns their number. */
  readonly bringBack: (
    queue: Priority,
    options: {
      readonly max: number;
      readonly dryRun: boolean;
      readonly timeIsUp: () => boolean;
      readonly onMessage: (message: DeadLetter) => void;
    },
  ) => Promise<number>;
  readonly now: () => Date;
}

export const createRedrive =
  ({ bringBack, now }: RedriveDeps) =>
  async ({ queue, dryRun, requestedBy }: EventOf<"redrive">): Promise<OperatorResponse> => {
    const endsAtMs = now().getTime() + REDRIVE_MS;
    const redriven: { id: string; reason: string }[] = [];
    const timeIsUp = () => now().getTime() >= endsAtMs;
    const { traceId: requestTraceId } = traced();
    const onMessage = ({ id, reason: whole, body }: DeadLetter) => {
      const reason = whole.slice(0, MOST_OF_A_REASON).toWellFormed();
      redriven.push({ id, reason });
      const fields = { queue, id, deadBecause: reason, requestedBy, requestTraceId };
      if (!dryRun) withTrace(traceOfMessage(body), () => logInfo("message.redriven", fields));
    };
    const base = { results: [], redriven, dryRun };
    try {
      await bringBack(queue, { max: MAX_REDRIVEN, dryRun, timeIsUp, onMessage });
    } catch (failure) {
      logWarn("redrive.failed", describeError(failure));
      const message = `${messageOf(failure)}; the messages that are listed were done`;
      return { ok: false, ...base, errors: [{ pointer: "", message }] };
    }
    const moreLeft = redriven.length >= MAX_REDRIVEN || timeIsUp();
    return { ok: true, ...base, errors: [], ...(moreLeft && { truncated: true }) };
  };
