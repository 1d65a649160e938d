/** The pushes at a model's Live and its callbacks about them: which are delivered, when, how often and in which order, a test chooses. */
import { randomUUID } from "node:crypto";
import { type Stream, streamKey } from "../../lib/core/stream.ts";
import { SECOND_MS } from "../../lib/core/time.ts";

/** By the model's clock. Things that happen at one moment have their order from `serial`. */
export interface ModelPush {
  readonly stream: Stream;
  readonly beganMs: number;
  readonly serial: number;
  /** As its callbacks report it, by Live's clock. */
  readonly startedAt: string;
  ended?: { readonly atMs: number; readonly serial: number };
}

export interface ModelCallback {
  readonly id: string;
  readonly kind: "publish" | "publish-done";
  readonly push: ModelPush;
}

/** The statistics are this far behind. */
const STATISTICS_DELAY_MS = 30 * SECOND_MS;

export type ModelPushes = ReturnType<typeof createModelPushes>;

/** @param liveAheadMs - how far Live's clock is ahead. */
export function createModelPushes(now: () => Date, liveAheadMs: number) {
  const pushes: ModelPush[] = [];
  const callbacks: ModelCallback[] = [];
  let serial = 0;
  const wholeSecond = (ms: number) => Math.floor((ms + liveAheadMs) / SECOND_MS) * SECOND_MS;
  const of = (stream: Stream) => pushes.filter((push) => streamKey(push.stream) === streamKey(stream));
  const running = (stream: Stream) => of(stream).find(({ ended }) => !ended);

  function end(stream: Stream, atMs = now().getTime()): void {
    const push = running(stream);
    if (!push) return;
    serial += 1;
    push.ended = { atMs, serial };
    callbacks.push({ id: randomUUID(), kind: "publish-done", push });
  }

  return {
    callbacks,
    of,
    running,
    end,
    /** A number that is higher than that of everything that happened so far. */
    mark: (): number => ++serial,
    /** An encoder that pushes already begins anew. */
    begin(stream: Stream): void {
      end(stream);
      serial += 1;
      const beganMs = now().getTime();
      const push = { stream, beganMs, serial, startedAt: new Date(wholeSecond(beganMs)).toISOString() };
      pushes.push(push);
      callbacks.push({ id: randomUUID(), kind: "publish", push });
    },
    /** What a response's `Date` header tells about a call that was sent at this time. */
    doneBetween(sentAt: Date): [string, string] {
      const date = wholeSecond(now().getTime());
      const tookMs = now().getTime() - sentAt.getTime();
      return [new Date(date - tookMs).toISOString(), new Date(date + SECOND_MS - 1).toISOString()];
    },
    /** Seconds with data, as Live's statistics have them. */
    periods(stream: Stream, from: Date, to: Date) {
      const latestMs = Math.min(to.getTime(), wholeSecond(now().getTime() - STATISTICS_DELAY_MS));
      const periods = of(stream).map(({ beganMs, ended }) => ({
        fromMs: Math.max(wholeSecond(beganMs), wholeSecond(from.getTime() - liveAheadMs)),
        toMs: Math.min(wholeSecond(ended?.atMs ?? Number.MAX_SAFE_INTEGER - 1e12), latestMs),
      }));
      return periods.filter(({ fromMs, toMs }) => fromMs <= toMs);
    },
  };
}
