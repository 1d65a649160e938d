/** Live as the worker sees it, in memory: what is disabled, what was called, and answers that a test arranges to fail. */
import { OffairError } from "../../lib/errors.ts";
import type { LiveActions, Receipt } from "../../lib/moderation/carry-out.ts";
import { type Stream, streamKey } from "../../lib/stream.ts";

export interface LiveDouble extends LiveActions {
  readonly calls: { action: string; stream: Stream; resumeTime?: Date }[];
  readonly disabled: Map<string, string>;
  /** The next write: `fail` throws before it is done, `lose` does it and loses the answer. */
  next: (() => "do" | "lose" | Error) | undefined;
}

export function liveDouble(): LiveDouble {
  const write =
    (action: string, change: (key: string, resumeTime: Date) => void) =>
    async (stream: Stream, resumeTime: Date = new Date(0)): Promise<Receipt> => {
      live.calls.push({ action, stream, ...(resumeTime.getTime() > 0 && { resumeTime }) });
      const fate = live.next?.() ?? "do";
      if (fate instanceof Error) throw fate;
      change(streamKey(stream), resumeTime);
      if (fate === "lose") throw new OffairError("ERR_LIVE_UNKNOWN", "the answer is lost", { stream });
      return { requestId: `request-${live.calls.length}` };
    };
  const set = (key: string, resumeTime: Date) => live.disabled.set(key, `${resumeTime.toISOString().slice(0, 19)}Z`);
  const live: LiveDouble = {
    calls: [],
    disabled: new Map(),
    next: undefined,
    pause: write("pause", () => {}),
    disable: write("disable", set),
    update: write("update", set),
    enable: write("enable", (key) => live.disabled.delete(key)),
    findDisabled: async (stream) => {
      const resumeTime = live.disabled.get(streamKey(stream));
      return resumeTime === undefined ? undefined : { resumeTime };
    },
  };
  return live;
}
