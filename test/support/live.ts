/** Live as the worker sees it, in memory: what is disabled, what was called, and answers that a test arranges to fail. */
import { OffairError } from "../../lib/core/errors.ts";
import { type Stream, streamKey } from "../../lib/core/stream.ts";
import type { LiveActions, Receipt } from "../../lib/orders/execute-order.ts";
import type { PushPeriod } from "../../lib/orders/pause-statistics.ts";

export interface LiveDouble extends LiveActions {
  readonly calls: { action: string; stream: Stream; resumeTime?: Date }[];
  readonly disabled: Map<string, string>;
  /** What the statistics say of each stream's pushes, by stream; an Error is thrown. */
  readonly statistics: Map<string, PushPeriod[][] | Error>;
  /** The next write: `fail` throws before it is done, `lose` does it and loses the answer. */
  next: (() => "do" | "lose" | Error) | undefined;
}

export function liveDouble(): LiveDouble {
  const write = async (
    action: string,
    stream: Stream,
    change: (key: string) => void,
    resumeTime?: Date,
  ): Promise<Receipt> => {
    live.calls.push({ action, stream, ...(resumeTime && { resumeTime }) });
    const fate = live.next?.() ?? "do";
    if (fate instanceof Error) throw fate;
    change(streamKey(stream));
    if (fate === "lose") throw new OffairError("ERR_LIVE_UNKNOWN", "the answer is lost", { stream });
    return { requestId: `request-${live.calls.length}` };
  };
  const set = (resumeTime: Date) => (key: string) =>
    void live.disabled.set(key, `${resumeTime.toISOString().slice(0, 19)}Z`);
  const live: LiveDouble = {
    calls: [],
    disabled: new Map(),
    statistics: new Map(),
    next: undefined,
    pause: (stream) => write("pause", stream, () => {}),
    disable: (stream, resumeTime) => write("disable", stream, set(resumeTime), resumeTime),
    update: (stream, resumeTime) => write("update", stream, set(resumeTime), resumeTime),
    enable: (stream) => write("enable", stream, (key) => void live.disabled.delete(key)),
    async pushPeriods(stream) {
      live.calls.push({ action: "statistics", stream });
      const periods = live.statistics.get(streamKey(stream)) ?? [];
      if (periods instanceof Error) throw periods;
      return periods;
    },
    findDisabled: async (stream) => {
      const resumeTime = live.disabled.get(streamKey(stream));
      return resumeTime === undefined ? undefined : { resumeTime };
    },
  };
  return live;
}
