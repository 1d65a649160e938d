/**
 * Live in a model: what is disabled, and calls that take their time. A call leaves (`send`) and is answered in a later step; it arrives in
 * between, at the latest when its time-out is over, also when its sender is dead by then.
 */

import { type ErrorCode, OffairError } from "../../lib/core/errors.ts";
import { type Stream, streamKey } from "../../lib/core/stream.ts";
import { SECOND_MS, toSecondsUtc } from "../../lib/core/time.ts";
import { MAX_LIVE_TIMEOUT_MS } from "../../lib/core/timeouts.ts";
import type { LiveActions, Receipt, SendBy } from "../../lib/orders/execute-order.ts";
import { createModelPushes, type ModelPushes } from "./model-pushes.ts";
import type { Admission, Fate } from "./steps.ts";

export type Write = "pause" | "disable" | "update" | "enable";

export interface Call {
  readonly sender: string;
  readonly write: Write;
  readonly stream: Stream;
  readonly resumeTime?: string;
  readonly sentAt: Date;
  /** `under way` until it arrived, or was lost on its way there. */
  state: "under way" | "had its effect" | "had none";
  /** When it had its effect, by `mark` of the pushes. */
  effect?: number;
  /** The code of the answer that its sender got, if that was not a success. */
  failure?: ErrorCode;
}

/** What nobody knows of the real Live. */
export interface Switches {
  /** A stream that is disabled already is disabled again: 400 `exists`, or 204 with the new resume time. */
  readonly secondDisable: "exists" | "done";
  /** A stream that is not disabled is enabled: 404, or 204. */
  readonly secondEnable: "missing" | "done";
  /** How far Live's clock is ahead of offair's. */
  readonly liveAheadMs: number;
}

export interface ModelLive {
  readonly calls: readonly Call[];
  readonly pushes: ModelPushes;
  /** Live's clock is offair's. */
  readonly isRightClock: boolean;
  /** Somebody pushes the stream, unless it is disabled. */
  push(stream: Stream): void;
  /** From now on, a pause of this stream is accepted and not carried out, or carried out again. */
  ignorePauses(stream: Stream, ignored: boolean): void;
  /** The resume time that holds the stream off at this moment. */
  disabledUntil(stream: Stream): string | undefined;
  /** Of one process; `onSend` sees each of its calls leave. */
  actionsOf(sender: string, admission: Admission, onSend: (call: Call) => Promise<void>): LiveActions;
  /** What was sent longer ago than a call can take has arrived. */
  arrive(now: Date): void;
}

export function createModelLive(now: () => Date, { secondDisable, secondEnable, liveAheadMs }: Switches): ModelLive {
  const calls: Call[] = [];
  const pushes = createModelPushes(now, liveAheadMs);
  const ignored = new Set<string>();
  const disabled = new Map<string, string>();
  const disabledUntil = (stream: Stream): string | undefined => {
    const until = disabled.get(streamKey(stream));
    return until !== undefined && Date.parse(until) > now().getTime() ? until : undefined;
  };
  /** Does what is asked, or says why not. */
  function arrives(call: Call, atMs = now().getTime()): OffairError | undefined {
    const { write, stream, resumeTime } = call;
    const isOff = disabledUntil(stream) !== undefined;
    call.state = "had none";
    if (write === "disable" && isOff && secondDisable === "exists") return refusal("ERR_LIVE_EXISTS", stream);
    if (write === "update" && !isOff) return refusal("ERR_LIVE_NOT_FOUND", stream);
    if (write === "enable" && !isOff && secondEnable === "missing") return refusal("ERR_LIVE_NOT_FOUND", stream);
    call.state = "had its effect";
    call.effect = pushes.mark();
    // Only a disable that creates the entry cuts the push.
    if (write === "pause" ? !ignored.has(streamKey(stream)) : write === "disable" && !isOff) pushes.end(stream, atMs);
    if (write === "enable") disabled.delete(streamKey(stream));
    if (resumeTime !== undefined) disabled.set(streamKey(stream), resumeTime);
    return undefined;
  }

  /** The answer that the sender gets, if it gets one. */
  function answer(call: Call, fate: Fate): Receipt | OffairError {
    const arrivedBefore = call.state !== "under way";
    const isAnswered = fate === "do" || fate === "lost" || arrivedBefore;
    if (!isAnswered) call.state = "had none";
    if (!isAnswered && fate !== "vanished") return refusal(codeOf(fate, call), call.stream);
    const refused = isAnswered && !arrivedBefore ? arrives(call) : undefined;
    if (fate !== "do" || arrivedBefore) return refusal("ERR_LIVE_UNKNOWN", call.stream);
    return refused ?? { requestId: `request-${calls.indexOf(call) + 1}`, doneBetween: pushes.doneBetween(call.sentAt) };
  }

  return {
    calls,
    pushes,
    isRightClock: liveAheadMs === 0,
    disabledUntil,
    push: (stream) => void (disabledUntil(stream) === undefined && pushes.begin(stream)),
    ignorePauses: (stream, isIgnored) =>
      void (isIgnored ? ignored.add(streamKey(stream)) : ignored.delete(streamKey(stream))),
    actionsOf(sender, admission, onSend) {
      const write = async (name: Write, stream: Stream, { sendBy }: SendBy, until?: Date): Promise<Receipt> => {
        const call = await admission(`${name} leaves`, async () => {
          if (now() >= sendBy) throw refusal("ERR_LIVE_UNAVAILABLE", stream); // not sent
          const resumeTime = until && { resumeTime: toSecondsUtc(until) };
          const sent: Call = { sender, write: name, stream, ...resumeTime, sentAt: now(), state: "under way" };
          await onSend(sent);
          calls.push(sent);
          return sent;
        });
        return admission(`${name} is answered`, async (fate) => {
          const answered = answer(call, fate);
          if (answered instanceof OffairError) call.failure = answered.code;
          if (answered instanceof OffairError) throw answered;
          return answered;
        });
      };
      return {
        pause: (stream, limit) => write("pause", stream, limit),
        disable: (stream, until, limit) => write("disable", stream, limit, until),
        update: (stream, until, limit) => write("update", stream, limit, until),
        enable: (stream, limit) => write("enable", stream, limit),
        pushPeriods: (stream, from, to, isComparable) =>
          admission("the statistics are read", async (fate) => {
            if (fate !== "do") throw refusal(READ_CODE_OF[fate], stream);
            const liveNow = new Date(Math.floor((now().getTime() + liveAheadMs) / SECOND_MS) * SECOND_MS);
            if (isComparable?.(liveNow) === false)
              throw new OffairError("ERR_LIVE_ANSWER", "another clock", { stream, status: 200 });
            const periods = pushes.periods(stream, from, to);
            return periods.length === 0 ? [] : [periods];
          }),
        findDisabled: (stream) =>
          admission("the list is read", async (fate) => {
            if (fate !== "do" && fate !== "missing") throw refusal(READ_CODE_OF[fate], stream);
            const resumeTime = disabledUntil(stream);
            return resumeTime === undefined ? undefined : { resumeTime };
          }),
      };
    },
    arrive(at) {
      for (const call of calls) {
        const isOver = at.getTime() - call.sentAt.getTime() >= MAX_LIVE_TIMEOUT_MS;
        if (call.state === "under way" && isOver) arrives(call, call.sentAt.getTime() + MAX_LIVE_TIMEOUT_MS);
      }
    },
  };
}

const CODE_OF = {
  unavailable: "ERR_LIVE_UNAVAILABLE",
  throttled: "ERR_LIVE_THROTTLED",
  signature: "ERR_LIVE_SIGNATURE",
  rejected: "ERR_LIVE_REJECTED",
  missing: "ERR_LIVE_NOT_FOUND",
} as const;
/** Only of a stream that is to be paused: Live is not taken to lie about what is disabled. */
const codeOf = (fate: keyof typeof CODE_OF, { write }: Call) =>
  fate === "missing" && write !== "pause" ? "ERR_LIVE_UNAVAILABLE" : CODE_OF[fate];
/** Of a read, which does nothing: a lost answer is no answer. */
const READ_CODE_OF = { ...CODE_OF, lost: "ERR_LIVE_UNAVAILABLE", vanished: "ERR_LIVE_UNAVAILABLE" } as const;

type Refusal = "ERR_LIVE_EXISTS" | "ERR_LIVE_UNKNOWN" | (typeof CODE_OF)[keyof typeof CODE_OF];
const refusal = (code: Refusal, stream: Stream): OffairError => new OffairError(code, "Live in a model", { stream });
