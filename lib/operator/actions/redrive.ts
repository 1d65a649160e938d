/** Dead letters of a queue go back to it, by a person's word: each as it was, so that an old report goes to review and never acts. */
import { describeError, logInfo, logWarn } from "../../core/log.ts";
import { SECOND_MS } from "../../core/time.ts";
import type { Priority } from "../../queue/priority.ts";
import type { RedriveEvent } from "../contract/request.ts";
import { messageOf, type OperatorResponse } from "../contract/response.ts";

/** Of the 29 s that the function has; then the rest is left for another time. */
const REDRIVE_MS = 20 * SECOND_MS;

/** As many as an answer can name. */
const MAX_REDRIVEN = 1_000;

/** Whoever can write to the queue could fill the answer with one. */
const MOST_OF_A_REASON = 300;

export interface RedriveDeps {
  /** Tells of each dead letter when it is back on its queue, or was looked at. @returns how many. */
  readonly bringBack: (
    queue: Priority,
    options: {
      readonly max: number;
      readonly dryRun: boolean;
      readonly timeIsUp: () => boolean;
      readonly onMessage: (message: { readonly id: string; readonly reason: string }) => void;
    },
  ) => Promise<number>;
  readonly now: () => Date;
}

export const createRedrive =
  ({ bringBack, now }: RedriveDeps) =>
  async ({ queue, dryRun, requestedBy }: RedriveEvent): Promise<OperatorResponse> => {
    const endsAtMs = now().getTime() + REDRIVE_MS;
    const redriven: { id: string; reason: string }[] = [];
    const timeIsUp = () => now().getTime() >= endsAtMs;
    const onMessage = ({ id, reason: whole }: { id: string; reason: string }) => {
      const reason = whole.slice(0, MOST_OF_A_REASON).toWellFormed();
      redriven.push({ id, reason });
      if (!dryRun) logInfo("message.redriven", { queue, id, deadBecause: reason, requestedBy });
    };
    const told = { results: [], redriven, dryRun };
    try {
      await bringBack(queue, { ...{ max: MAX_REDRIVEN, dryRun }, ...{ timeIsUp, onMessage } });
    } catch (failure) {
      logWarn("redrive.failed", describeError(failure));
      const message = `${messageOf(failure)}; those that are named were done`;
      return { ok: false, ...told, errors: [{ pointer: "", message }] };
    }
    const moreLeft = redriven.length >= MAX_REDRIVEN || timeIsUp();
    return { ok: true, ...told, errors: [], ...(moreLeft && { truncated: true }) };
  };
