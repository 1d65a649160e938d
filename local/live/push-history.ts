/** Remembers when each stream was pushed, for the statistics. */
import { type Stream, streamKey } from "../../lib/core/stream.ts";
import type { Push } from "./encoders.ts";

/** Limits of a push, by the simulator's clock; `endedMs` is infinite for a running push. */
export interface PushSpan {
  readonly startedMs: number;
  endedMs: number;
}

const KEPT_MS = 8 * 86_400_000; // the statistics go back seven days

export function createPushHistory() {
  const byKey = new Map<string, PushSpan[]>();
  return {
    note({ event, startedMs, atMs, ...stream }: Push): void {
      const spans = byKey.get(streamKey(stream)) ?? [];
      if (event === "PUBLISH") {
        const kept = spans.filter(({ endedMs }) => endedMs > atMs - KEPT_MS);
        byKey.set(streamKey(stream), [...kept, { startedMs, endedMs: Number.POSITIVE_INFINITY }]);
      } else {
        const running = spans.find((span) => span.startedMs === startedMs && span.endedMs > atMs);
        if (running) running.endedMs = atMs;
      }
    },
    /** The pushes of one stream, in the order in which they began. */
    spans: (stream: Stream): readonly PushSpan[] => byKey.get(streamKey(stream)) ?? [],
  };
}

export type PushHistory = ReturnType<typeof createPushHistory>;
